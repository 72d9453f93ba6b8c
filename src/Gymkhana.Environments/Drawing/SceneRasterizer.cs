using System.Numerics;
using Gymkhana.Core.Scenes;

namespace Gymkhana.Environments.Drawing;

/// <summary>
/// Draws scenes on canvases: background, then every primitive in order, mapped by the scene's viewport. Keeps its scratch memory,
/// so keep the rasteriser. Not for several threads at once.
/// </summary>
public sealed class SceneRasterizer
{
    private Vector2[] _points = new Vector2[256];

    /// <summary>Draws a whole scene, over everything that was on the canvas.</summary>
    /// <exception cref="InvalidOperationException">The scene's viewport has no area.</exception>
    public void Draw(Scene scene, Canvas canvas)
    {
        ArgumentNullException.ThrowIfNull(scene);
        ArgumentNullException.ThrowIfNull(canvas);
        canvas.Clear(scene.Background);
        DrawOver(scene, canvas);
    }

    /// <summary>Draws a scene's primitives over what is on the canvas; its background is left out.</summary>
    /// <exception cref="InvalidOperationException">The scene's viewport has no area.</exception>
    public void DrawOver(Scene scene, Canvas canvas)
    {
        ArgumentNullException.ThrowIfNull(scene);
        ArgumentNullException.ThrowIfNull(canvas);
        PixelMap map = scene.Viewport.ToPixels(canvas.Width, canvas.Height);
        foreach (ref readonly Primitive primitive in scene.Primitives) Draw(primitive, scene, canvas, map);
    }

    private void Draw(in Primitive primitive, Scene scene, Canvas canvas, PixelMap map)
    {
        float radius = primitive.Radius * map.Scale, width = primitive.Width * map.Scale;
        if (primitive.Kind == PrimitiveKind.Grains)
        {
            canvas.DrawGrains(scene.PointsOf(primitive), map, radius, scene.ColoursOf(primitive));
            return;
        }

        ReadOnlySpan<Vector2> points = ToPixels(scene.PointsOf(primitive), map);
        switch (primitive.Kind)
        {
            case PrimitiveKind.Polygon:
                canvas.FillPolygon(points, primitive.Colour);
                break;
            case PrimitiveKind.Polyline:
                canvas.StrokePolyline(points, width, primitive.Colour, primitive.Closed, primitive.RoundCaps);
                break;
            case PrimitiveKind.Circle:
                canvas.FillCircle(points[0], radius, primitive.Colour);
                break;
            case PrimitiveKind.Ring:
                canvas.StrokeCircle(points[0], radius, width, primitive.Colour);
                break;
            case PrimitiveKind.SoftCircle:
                canvas.FillSoftCircle(points[0], radius, primitive.Colour, width, primitive.Additive);
                break;
            case PrimitiveKind.RoundedRectangle:
                canvas.FillRoundedRectangle(points[0], points[1], radius, primitive.Colour);
                break;
            case PrimitiveKind.Text:
                canvas.DrawText(primitive.Text, points[0], radius, primitive.Colour, primitive.Horizontal, primitive.Vertical, primitive.Width);
                break;
            default:
                throw new InvalidOperationException($"The rasteriser does not know primitives of kind {primitive.Kind}.");
        }
    }

    private ReadOnlySpan<Vector2> ToPixels(ReadOnlySpan<Vector2> world, PixelMap map)
    {
        if (world.Length > _points.Length) Array.Resize(ref _points, world.Length * 2);
        for (int i = 0; i < world.Length; i++) _points[i] = map.Map(world[i]);
        return _points.AsSpan(0, world.Length);
    }
}
