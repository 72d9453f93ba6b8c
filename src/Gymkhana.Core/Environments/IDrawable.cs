using Gymkhana.Core.Scenes;

namespace Gymkhana.Core.Environments;

/// <summary>An environment that can show its copies as pictures. Drawing changes nothing of what happens.</summary>
public interface IDrawable
{
    /// <summary>The part of the world that a picture shows.</summary>
    Viewport View { get; }

    /// <summary>Adds how a copy stands now to a scene, in world units; sets the scene's viewport and background.</summary>
    /// <param name="copy">The copy.</param>
    /// <param name="scene">The scene; what is in it already stays below.</param>
    void Draw(int copy, Scene scene);
}
