using Gymkhana.Core;
using Gymkhana.Learning.Networks;

namespace Gymkhana.Learning.Buffers;

/// <summary>
/// The actions of all copies since they were last restarted. With the seeds of that restart they are the state of the environments: it is
/// made again by playing them once more. A choice takes a byte, or four where there are more than 256; a number takes four.
/// </summary>
internal sealed class ActionLog
{
    private readonly bool _inBytes;
    private readonly int _perStep;
    private readonly byte[] _bytes = [];
    private readonly float[] _numbers = [];

    public ActionLog(NetworkDescription description, int copies, int capacity)
    {
        _inBytes = description.Choices.Length > 0 && description.Choices.All(c => c <= 256);
        _perStep = copies * description.ActionSize;
        long length = (long)capacity * _perStep;
        if (length > Array.MaxLength)
        {
            throw new GymkhanaException($"The actions of {copies} copies over {capacity} steps do not fit in memory. Give a smaller restart-steps or fewer copies.");
        }

        if (_inBytes)
        {
            _bytes = new byte[length];
        }
        else
        {
            _numbers = new float[length];
        }
    }

    /// <summary>Steps that are kept.</summary>
    public int Steps { get; private set; }

    public void Clear() => Steps = 0;

    /// <summary>Appends whole steps.</summary>
    /// <param name="actions">[steps, copies, numbers of an action].</param>
    public void Append(ReadOnlySpan<float> actions)
    {
        int start = Steps * _perStep;
        if (_inBytes)
        {
            for (int i = 0; i < actions.Length; i++)
            {
                _bytes[start + i] = (byte)actions[i];
            }
        }
        else
        {
            actions.CopyTo(_numbers.AsSpan(start));
        }

        Steps += actions.Length / _perStep;
    }

    /// <summary>One number of an action.</summary>
    /// <param name="step">The step since the restart.</param>
    /// <param name="index">Copy × numbers of an action + number.</param>
    /// <returns>The number as the environment took it.</returns>
    public float At(int step, int index) => _inBytes ? _bytes[(step * _perStep) + index] : _numbers[(step * _perStep) + index];

    public void Save(BinaryWriter writer)
    {
        writer.Write(Steps);
        writer.Write(_perStep);
        writer.Write(_inBytes);
        int count = Steps * _perStep;
        if (_inBytes)
        {
            writer.Write(_bytes.AsSpan(0, count));
            return;
        }

        for (int i = 0; i < count; i++)
        {
            writer.Write(_numbers[i]);
        }
    }

    public void Load(BinaryReader reader)
    {
        int steps = reader.ReadInt32();
        if (reader.ReadInt32() != _perStep || reader.ReadBoolean() != _inBytes || steps < 0 || (long)steps * _perStep > Math.Max(_bytes.LongLength, _numbers.LongLength))
        {
            throw new GymkhanaException("The checkpoint holds the actions of other copies or of another environment. Resume with the settings the run was made with.");
        }

        Steps = steps;
        int count = steps * _perStep;
        if (_inBytes)
        {
            reader.BaseStream.ReadExactly(_bytes.AsSpan(0, count));
            return;
        }

        for (int i = 0; i < count; i++)
        {
            _numbers[i] = reader.ReadSingle();
        }
    }
}
