using System.Numerics;
using Gymkhana.Core.Scenes;

namespace Gymkhana.Environments.Particle;

/// <content>The picture.</content>
public abstract unsafe partial class ParticleEnvironment
{
    /// <inheritdoc/>
    public Viewport View => ParticleScene.Frame;

    // Made when somebody draws for the first time.
    private ParticleTrails? Trails { get; set; }

    /// <inheritdoc/>
    public void Draw(int copy, Scene scene) => Draw(copy, scene, 1);

    /// <inheritdoc/>
    public void Draw(int copy, Scene scene, float moment)
    {
        ArgumentNullException.ThrowIfNull(scene);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)copy, (uint)Count, nameof(copy));
        Trails ??= new ParticleTrails();
        Paint(new ParticlePicture(this, Trails.Of(this, copy), copy, moment), scene);
    }

    /// <summary>Where a body is now.</summary>
    internal Vector2 PlaceOf(int entity, int copy)
    {
        int row = ParticleRows.Place(entity);
        return new Vector2((float)At(row, copy), (float)At(row + ParticleRows.Lanes, copy));
    }

    /// <summary>Adds all that there is to see.</summary>
    private protected abstract void Paint(ParticlePicture picture, Scene scene);
}
