using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using Gymkhana.Core.Files;

namespace Gymkhana.Core.Runs;

/// <summary>One saved state of a training.</summary>
/// <param name="Iteration">Iterations done.</param>
/// <param name="AgentSteps">Agent-steps simulated so far.</param>
/// <param name="MetricsLength">Bytes of <c>metrics.jsonl</c> at that moment.</param>
/// <param name="WallSeconds">Wall-clock time of training so far, s.</param>
/// <param name="State">What <see cref="ITrainer.Save"/> wrote.</param>
public sealed record Checkpoint(long Iteration, long AgentSteps, long MetricsLength, double WallSeconds, byte[] State);

/// <summary>
/// The <c>checkpoints/</c> of a run: the newest three, each written to one side, flushed and renamed, so that a file is whole or
/// not there.
/// </summary>
/// <remarks>
/// A file is, little-endian: <c>"GYMKCKPT"</c>, u32 version (1), u32 zero, i64 iteration, i64 agent-steps, i64 length of
/// <c>metrics.jsonl</c>, f64 wall-clock seconds, i64 length of the state, 32 bytes SHA-256 of everything before it and of the
/// state, then the state.
/// </remarks>
public sealed class CheckpointStore
{
    /// <summary>How many are kept.</summary>
    public const int Kept = 3;

    private const string Extension = ".checkpoint";
    private const uint Version = 1;
    private const int HashStart = 56;
    private const int HeaderLength = HashStart + SHA256.HashSizeInBytes;

    private readonly string _folder;

    /// <summary>The checkpoints of a run.</summary>
    /// <param name="runFolder">The run folder.</param>
    public CheckpointStore(string runFolder) => _folder = Path.Combine(runFolder, "checkpoints");

    private static ReadOnlySpan<byte> Magic => "GYMKCKPT"u8;

    /// <summary>Writes a checkpoint and removes those beyond the newest three.</summary>
    /// <param name="checkpoint">The state.</param>
    /// <exception cref="RunException">The disk is full or the folder read-only; earlier checkpoints are intact.</exception>
    public void Write(Checkpoint checkpoint)
    {
        ArgumentNullException.ThrowIfNull(checkpoint);
        byte[] header = Header(checkpoint);
        string path = Path.Combine(_folder, checkpoint.Iteration.ToString("D8", CultureInfo.InvariantCulture) + Extension);
        RunFiles.Guard(path, "write", () =>
        {
            Directory.CreateDirectory(_folder);
            AtomicFile.Write(path, stream =>
            {
                stream.Write(header);
                stream.Write(checkpoint.State);
            });
            foreach (string old in NewestFirst().Skip(Kept))
            {
                File.Delete(old);
            }
        });
    }

    /// <summary>Reads the newest checkpoint that is whole and whose metrics are all there.</summary>
    /// <param name="note">Told, in one line each, about checkpoints that had to be passed over.</param>
    /// <returns>The checkpoint, or null when none was ever written.</returns>
    /// <exception cref="RunException">There are checkpoints, but all are damaged.</exception>
    public Checkpoint? ReadNewest(Action<string> note)
    {
        ArgumentNullException.ThrowIfNull(note);
        string[] files = NewestFirst();
        Checkpoint? withoutMetrics = null;
        foreach (string file in files)
        {
            Checkpoint checkpoint;
            try
            {
                checkpoint = Read(file);
            }
            catch (RunException damage)
            {
                note(damage.Message);
                continue;
            }

            if (MetricsLog.Covers(Path.GetDirectoryName(_folder) ?? ".", checkpoint.MetricsLength))
            {
                return checkpoint;
            }

            note($"Checkpoint '{file}' expects {checkpoint.MetricsLength} bytes of whole lines in {MetricsLog.FileName}, which has lost some; looking for an earlier one.");
            withoutMetrics ??= checkpoint;
        }

        if (withoutMetrics is not null)
        {
            note($"No checkpoint is old enough for what is left of {MetricsLog.FileName}: the training goes on from iteration {withoutMetrics.Iteration} and the lost lines stay lost.");
            return withoutMetrics;
        }

        return files.Length == 0
            ? null
            : throw new RunException($"All {files.Length} checkpoints in '{_folder}' are damaged; the run cannot be resumed. Its champion can still be used ('gymkhana evaluate'); train anew with another --out.");
    }

    /// <summary>Puts aside every checkpoint later than an iteration, under another extension, so that they are not taken for newer ones.</summary>
    /// <param name="iteration">The iteration that training resumes from.</param>
    public void SetAsideAfter(long iteration)
    {
        foreach (string file in NewestFirst().TakeWhile(f => IterationOf(f) > iteration))
        {
            RunFiles.Guard(file, "rename", () => File.Move(file, file + ".damaged", overwrite: true));
        }
    }

    private static byte[] Header(Checkpoint checkpoint)
    {
        byte[] header = new byte[HeaderLength];
        Magic.CopyTo(header);
        BinaryPrimitives.WriteUInt32LittleEndian(header.AsSpan(8), Version);
        BinaryPrimitives.WriteInt64LittleEndian(header.AsSpan(16), checkpoint.Iteration);
        BinaryPrimitives.WriteInt64LittleEndian(header.AsSpan(24), checkpoint.AgentSteps);
        BinaryPrimitives.WriteInt64LittleEndian(header.AsSpan(32), checkpoint.MetricsLength);
        BinaryPrimitives.WriteDoubleLittleEndian(header.AsSpan(40), checkpoint.WallSeconds);
        BinaryPrimitives.WriteInt64LittleEndian(header.AsSpan(48), checkpoint.State.LongLength);
        Hash(header.AsSpan(0, HashStart), checkpoint.State).CopyTo(header, HashStart);
        return header;
    }

    private static byte[] Hash(ReadOnlySpan<byte> header, ReadOnlySpan<byte> state)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(header);
        hash.AppendData(state);
        return hash.GetHashAndReset();
    }

    private static Checkpoint Read(string path)
    {
        byte[] content = RunFiles.Guard(path, "read", () => File.ReadAllBytes(path));
        if (content.Length < HeaderLength || !content.AsSpan(0, Magic.Length).SequenceEqual(Magic))
        {
            throw new RunException($"Checkpoint '{path}' is damaged: it has {content.Length} bytes and no valid header; looking for an earlier one.");
        }

        uint version = BinaryPrimitives.ReadUInt32LittleEndian(content.AsSpan(8));
        if (version != Version)
        {
            throw new RunException($"Checkpoint '{path}' has format version {version}, this program reads version {Version}; looking for an earlier one.");
        }

        byte[] state = content[HeaderLength..];
        long expected = BinaryPrimitives.ReadInt64LittleEndian(content.AsSpan(48));
        if (state.LongLength != expected || !Hash(content.AsSpan(0, HashStart), state).AsSpan().SequenceEqual(content.AsSpan(HashStart, SHA256.HashSizeInBytes)))
        {
            throw new RunException($"Checkpoint '{path}' is damaged: its content does not match its checksum ({state.LongLength} of {expected} bytes); looking for an earlier one.");
        }

        return new Checkpoint(
            BinaryPrimitives.ReadInt64LittleEndian(content.AsSpan(16)),
            BinaryPrimitives.ReadInt64LittleEndian(content.AsSpan(24)),
            BinaryPrimitives.ReadInt64LittleEndian(content.AsSpan(32)),
            BinaryPrimitives.ReadDoubleLittleEndian(content.AsSpan(40)),
            state);
    }

    private static long IterationOf(string path) =>
        long.TryParse(Path.GetFileNameWithoutExtension(path), NumberStyles.None, CultureInfo.InvariantCulture, out long iteration) ? iteration : -1;

    private string[] NewestFirst() => Directory.Exists(_folder)
        ? [.. Directory.GetFiles(_folder, "*" + Extension).Where(f => IterationOf(f) >= 0).OrderByDescending(IterationOf)]
        : [];
}
