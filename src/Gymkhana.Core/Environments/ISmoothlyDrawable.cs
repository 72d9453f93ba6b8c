using Gymkhana.Core.Scenes;

namespace Gymkhana.Core.Environments;

/// <summary>An environment of long steps that can also show what lies between two of them, so that films of it do not jerk.</summary>
public interface ISmoothlyDrawable : IDrawable
{
    /// <summary>Adds how a copy stands at a moment of its last step to a scene.</summary>
    /// <param name="copy">The copy.</param>
    /// <param name="scene">The scene.</param>
    /// <param name="moment">From 0, before the last step, to 1, now. Right after the beginning of an episode every moment is now.</param>
    void Draw(int copy, Scene scene, float moment);
}
