using System.Numerics;

namespace Gymkhana.Core.Scenes;

/// <summary>
/// The part of the world that is looked at: a rectangle in world units. It is fitted whole and centred into the picture
/// with one scale for both axes, so that circles stay round.
/// </summary>
/// <param name="Left">Smallest world x shown.</param>
/// <param name="Bottom">Smallest world y shown.</param>
/// <param name="Right">Largest world x shown; above <paramref name="Left"/>.</param>
/// <param name="Top">Largest world y shown; above <paramref name="Bottom"/>.</param>
/// <param name="YUp">True when world y grows upwards (physics); false when it grows downwards (pixels).</param>
public readonly record struct Viewport(float Left, float Bottom, float Right, float Top, bool YUp = true)
{
    /// <summary>Width in world units.</summary>
    public float Width => Right - Left;

    /// <summary>Height in world units.</summary>
    public float Height => Top - Bottom;

    /// <summary>World units that are pixels: x right, y down, origin at the upper left corner.</summary>
    public static Viewport Pixels(int width, int height) => new(0, 0, width, height, YUp: false);

    /// <summary>A viewport around a centre.</summary>
    public static Viewport Around(Vector2 centre, float width, float height, bool yUp = true) =>
        new(centre.X - (width / 2), centre.Y - (height / 2), centre.X + (width / 2), centre.Y + (height / 2), yUp);

    /// <summary>The map from this part of the world to a picture of the given size in pixels, y down.</summary>
    /// <exception cref="InvalidOperationException">The viewport has no area.</exception>
    public PixelMap ToPixels(int width, int height)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(width);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(height);
        if (!(Width > 0) || !(Height > 0) || !float.IsFinite(Width) || !float.IsFinite(Height))
        {
            throw new InvalidOperationException($"The scene's viewport {this} has no area. Set Scene.Viewport to the part of the world to show.");
        }

        float scale = MathF.Min(width / Width, height / Height);
        float x = ((width - (Width * scale)) / 2) - (Left * scale);
        float y = (height - (Height * scale)) / 2;
        return new PixelMap(scale, x, YUp ? y + (Top * scale) : y - (Bottom * scale), YUp);
    }
}

/// <summary>Maps world units to pixels (y down): one scale for both axes, a shift, and maybe a flip of y.</summary>
/// <param name="Scale">Pixels per world unit.</param>
/// <param name="ShiftX">Pixel x of world x = 0.</param>
/// <param name="ShiftY">Pixel y of world y = 0.</param>
/// <param name="FlipY">True when world y grows upwards.</param>
public readonly record struct PixelMap(float Scale, float ShiftX, float ShiftY, bool FlipY)
{
    /// <summary>World to pixels.</summary>
    public Vector2 Map(Vector2 world) => new((world.X * Scale) + ShiftX, ((FlipY ? -world.Y : world.Y) * Scale) + ShiftY);

    /// <summary>Pixels to world.</summary>
    public Vector2 Unmap(Vector2 pixel)
    {
        float y = (pixel.Y - ShiftY) / Scale;
        return new Vector2((pixel.X - ShiftX) / Scale, FlipY ? -y : y);
    }
}
