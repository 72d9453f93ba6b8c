using System.Text;
using Gymkhana.Core;

namespace Gymkhana.Learning.Training;

/// <summary>The frame of a trainer's state in a checkpoint: a mark that names trainer and version, then what the trainer writes.</summary>
internal static class TrainerState
{
    /// <summary>Writes a state.</summary>
    /// <param name="destination">Where to; not closed.</param>
    /// <param name="mark">Which trainer's, in which version.</param>
    /// <param name="write">Writes what follows the mark.</param>
    public static void Write(Stream destination, uint mark, Action<BinaryWriter> write)
    {
        using BinaryWriter writer = new(destination, Encoding.UTF8, leaveOpen: true);
        writer.Write(mark);
        write(writer);
    }

    /// <summary>Reads a state.</summary>
    /// <param name="source">What <see cref="Write"/> wrote; not closed.</param>
    /// <param name="mark">Which trainer's, in which version.</param>
    /// <param name="trainer">Its name, for the message of a checkpoint of another.</param>
    /// <param name="read">Reads what follows the mark.</param>
    /// <exception cref="GymkhanaException">It is another trainer's, or damaged.</exception>
    public static void Read(Stream source, uint mark, string trainer, Action<BinaryReader> read)
    {
        try
        {
            using BinaryReader reader = new(source, Encoding.UTF8, leaveOpen: true);
            if (reader.ReadUInt32() != mark)
            {
                throw Foreign(trainer);
            }

            read(reader);
        }
        catch (Exception e) when (e is EndOfStreamException or ArgumentException or OverflowException)
        {
            throw new GymkhanaException("The checkpoint ends too early or holds impossible numbers. Resume from an earlier one.", e);
        }
    }

    /// <summary>What is said of a checkpoint of another trainer or version.</summary>
    /// <param name="trainer">The trainer that reads it.</param>
    /// <returns>What to throw.</returns>
    public static GymkhanaException Foreign(string trainer) =>
        new($"The checkpoint is not one of this version's {trainer}. Resume it with the version that wrote it, or train anew.");
}
