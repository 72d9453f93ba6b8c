namespace Gymkhana.Environments.Drawing;

/// <summary>
/// Takes the frames of a film (or the one frame of a still) and writes a file. The file stands in its place only after
/// <see cref="Complete"/>; disposing without it leaves what stood there before.
/// </summary>
public interface IFrameWriter : IDisposable
{
    /// <summary>Adds a frame; the canvas may be drawn on again afterwards.</summary>
    /// <exception cref="ArgumentException">The frame has another size than the file.</exception>
    /// <exception cref="Core.GymkhanaException">The file cannot be written.</exception>
    void Add(Canvas frame);

    /// <summary>Finishes the file and moves it to its place. At least one frame must have been added.</summary>
    /// <exception cref="Core.GymkhanaException">The file cannot be written.</exception>
    void Complete();
}
