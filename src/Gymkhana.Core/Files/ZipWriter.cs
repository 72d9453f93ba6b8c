using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;

namespace Gymkhana.Core.Files;

/// <summary>
/// Writes zip archives without times, owners or anything else that varies between machines. Source: PKWARE, APPNOTE.TXT 6.3.
/// Members are below 4 GiB; the archive may be larger (zip64 records are written where needed).
/// </summary>
/// <param name="stream">Where to; it must be able to seek back to a member's sizes. Not closed.</param>
internal sealed class ZipWriter(Stream stream)
{
    private const ushort Version = 20;
    private const ushort Version64 = 45;
    private const ushort NamesAreUtf8 = 1 << 11;
    private const ushort Deflated = 8;

    // 1 January 1980, midnight: the first day zip archives know.
    private const uint FirstDay = (1 << 21) | (1 << 16);
    private const int LocalCrcOffset = 14;

    private readonly List<Member> _members = [];

    private sealed record Member(byte[] Name, ushort Method, uint Crc, uint Packed, uint Unpacked, long Offset);

    /// <summary>Adds a member.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="head">The first part of its content.</param>
    /// <param name="body">The rest of its content.</param>
    /// <param name="compression">How hard to deflate; none stores.</param>
    public void Add(string name, ReadOnlySpan<byte> head, ReadOnlySpan<byte> body, CompressionLevel compression)
    {
        ushort method = compression == CompressionLevel.NoCompression ? (ushort)0 : Deflated;
        uint crc = Crc32.Append(Crc32.Append(0, head), body);
        long offset = stream.Position;
        Member member = new(Encoding.UTF8.GetBytes(name), method, crc, 0, checked((uint)(head.Length + (long)body.Length)), offset);
        stream.Write(LocalHeader(member));
        long start = stream.Position;
        if (method == Deflated)
        {
            using DeflateStream packer = new(stream, compression, leaveOpen: true);
            packer.Write(head);
            packer.Write(body);
        }
        else
        {
            stream.Write(head);
            stream.Write(body);
        }

        long end = stream.Position;
        member = member with { Packed = checked((uint)(end - start)) };
        stream.Position = offset + LocalCrcOffset;
        stream.Write(LocalHeader(member).AsSpan(LocalCrcOffset, 8));
        stream.Position = end;
        _members.Add(member);
    }

    /// <summary>Writes the directory of members; nothing may be added afterwards.</summary>
    public void Finish()
    {
        long start = stream.Position;
        foreach (Member member in _members)
        {
            stream.Write(CentralHeader(member));
        }

        long length = stream.Position - start;
        if (start >= uint.MaxValue || length >= uint.MaxValue || _members.Count >= ushort.MaxValue)
        {
            WriteEnd64(start, length);
        }

        Fields end = new(22);
        end.Add32(0x06054b50);
        end.Add32(0);
        ushort count = (ushort)Math.Min(_members.Count, ushort.MaxValue);
        end.Add16(count);
        end.Add16(count);
        end.Add32((uint)Math.Min(length, uint.MaxValue));
        end.Add32((uint)Math.Min(start, uint.MaxValue));
        end.Add16(0);
        stream.Write(end.Bytes);
    }

    private static byte[] LocalHeader(Member member)
    {
        Fields local = new(30 + member.Name.Length);
        local.Add32(0x04034b50);
        local.Add16(Version);
        AddCommon(local, member);
        local.Add16(0);
        local.AddBytes(member.Name);
        return local.Bytes;
    }

    private static byte[] CentralHeader(Member member)
    {
        bool far = member.Offset >= uint.MaxValue;
        Fields central = new(46 + member.Name.Length + (far ? 12 : 0));
        central.Add32(0x02014b50);
        central.Add16(far ? Version64 : Version);
        central.Add16(far ? Version64 : Version);
        AddCommon(central, member);
        central.Add16((ushort)(far ? 12 : 0));
        central.Add16(0);
        central.Add16(0);
        central.Add16(0);
        central.Add32(0);
        central.Add32(far ? uint.MaxValue : (uint)member.Offset);
        central.AddBytes(member.Name);
        if (far)
        {
            central.Add16(1);
            central.Add16(8);
            central.Add64(member.Offset);
        }

        return central.Bytes;
    }

    private static void AddCommon(Fields fields, Member member)
    {
        fields.Add16(NamesAreUtf8);
        fields.Add16(member.Method);
        fields.Add32(FirstDay);
        fields.Add32(member.Crc);
        fields.Add32(member.Packed);
        fields.Add32(member.Unpacked);
        fields.Add16(checked((ushort)member.Name.Length));
    }

    private void WriteEnd64(long start, long length)
    {
        long offset = stream.Position;
        Fields end = new(56 + 20);
        end.Add32(0x06064b50);
        end.Add64(44);
        end.Add16(Version64);
        end.Add16(Version64);
        end.Add64(0);
        end.Add64(_members.Count);
        end.Add64(_members.Count);
        end.Add64(length);
        end.Add64(start);
        end.Add32(0x07064b50);
        end.Add32(0);
        end.Add64(offset);
        end.Add32(1);
        stream.Write(end.Bytes);
    }

    // Little-endian numbers one after another.
    private sealed class Fields(int length)
    {
        private int _at;

        public byte[] Bytes { get; } = new byte[length];

        public void Add16(ushort value) => BinaryPrimitives.WriteUInt16LittleEndian(Next(2), value);

        public void Add32(uint value) => BinaryPrimitives.WriteUInt32LittleEndian(Next(4), value);

        public void Add64(long value) => BinaryPrimitives.WriteInt64LittleEndian(Next(8), value);

        public void AddBytes(byte[] value) => value.CopyTo(Next(value.Length));

        private Span<byte> Next(int count)
        {
            _at += count;
            return Bytes.AsSpan(_at - count, count);
        }
    }
}
