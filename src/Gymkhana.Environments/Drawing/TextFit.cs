using System.Numerics;
using Gymkhana.Core.Scenes;

namespace Gymkhana.Environments.Drawing;

/// <summary>
/// Maps font units to pixels for one line of text. The pen's outer edges at the baseline, at the top of small letters and at the
/// top of capitals are moved to whole pixels, and heights between are stretched to fit.
/// </summary>
internal readonly struct TextFit
{
    public readonly float Scale;
    public readonly float Pen;
    public readonly float Foot;
    private readonly float _small;
    private readonly float _capital;

    public TextFit(float y, float size, float weight, VerticalAnchor anchor)
    {
        Scale = size / 1000;

        // Below one pixel a stroke only fades; a light weight may.
        Pen = MathF.Max(StrokeFont.Pen * Scale * weight, MathF.Min(1.1f, 1.1f * weight));
        _small = MathF.Round((StrokeFont.SmallHeight * Scale) + Pen) - Pen;
        _capital = MathF.Round((StrokeFont.CapitalHeight * Scale) + Pen) - Pen;
        float foot = anchor switch
        {
            VerticalAnchor.Top => y + _capital + Pen,
            VerticalAnchor.Middle => y + ((_capital + Pen) / 2),
            VerticalAnchor.Bottom => y - (StrokeFont.Descent * Scale),
            _ => y,
        };
        Foot = MathF.Round(foot);
    }

    public Vector2 Place(Vector2 point, float x, float foot)
    {
        float height = point.Y switch
        {
            <= 0 => point.Y * Scale,
            <= StrokeFont.SmallHeight => point.Y * (_small / StrokeFont.SmallHeight),
            <= StrokeFont.CapitalHeight => _small + ((point.Y - StrokeFont.SmallHeight) * ((_capital - _small) / (StrokeFont.CapitalHeight - StrokeFont.SmallHeight))),
            _ => _capital + ((point.Y - StrokeFont.CapitalHeight) * Scale),
        };
        return new Vector2(x + (point.X * Scale), foot - (Pen / 2) - height);
    }
}
