using System.Collections.Immutable;

namespace Gymkhana.Core.Environments;

/// <summary>An environment that can paint the pictures for people which its original paints, at the sizes that one has, beside the scene of <see cref="IDrawable"/>.</summary>
public interface IOriginalPictures
{
    /// <summary>The sizes, in pixels.</summary>
    ImmutableArray<(int Width, int Height)> PictureSizes { get; }

    /// <summary>Paints a copy as it stands now.</summary>
    /// <param name="copy">The copy.</param>
    /// <param name="width">Width of one of the sizes.</param>
    /// <param name="height">Its height.</param>
    /// <param name="rgb">Receives red, green and blue of each pixel, row 0 at the top.</param>
    /// <exception cref="ArgumentOutOfRangeException">None of the sizes, or not as many bytes.</exception>
    void Paint(int copy, int width, int height, Span<byte> rgb);
}
