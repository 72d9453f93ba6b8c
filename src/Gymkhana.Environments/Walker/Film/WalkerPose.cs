using System.Numerics;
using System.Runtime.CompilerServices;

namespace Gymkhana.Environments.Walker.Film;

/// <summary>How a walker stands at one instant: all that is needed to draw it.</summary>
public struct WalkerPose
{
    /// <summary>The feet (front left, front right, back right, back left) and the centre joint, units.</summary>
    public Five Points;

    /// <summary>Friction of the feet, 0 to 1.</summary>
    public Four Friction;

    /// <summary>Activation of the muscles (left, right), −1 (short) to 1 (long).</summary>
    public Two Activation;

    /// <summary>Midpoint of the front feet, units.</summary>
    public readonly Vector2 Head => (Points[0] + Points[1]) / 2;

    /// <summary>Where the walker looks, a unit vector; up when its front feet coincide.</summary>
    public readonly Vector2 Ahead
    {
        get
        {
            Vector2 across = Points[0] - Points[1];
            float length = across.Length();
            return length > 0 ? new Vector2(-across.Y, across.X) / length : -Vector2.UnitY;
        }
    }

    internal static WalkerPose Of(WalkerEnvironment world, int copy)
    {
        WalkerPose pose = default;
        WalkerState state = world.Bodies;
        for (int point = 0; point < WalkerBody.Points; point++)
        {
            pose.Points[point] = new Vector2(state[WalkerState.X + point, copy], state[WalkerState.Y + point, copy]);
        }

        for (int foot = 0; foot < WalkerBody.Feet; foot++) pose.Friction[foot] = state[WalkerState.Friction + foot, copy];
        for (int muscle = 0; muscle < WalkerBody.Muscles; muscle++) pose.Activation[muscle] = state[WalkerState.Activation + muscle, copy];
        return pose;
    }

    /// <summary>Five points.</summary>
    [InlineArray(WalkerBody.Points)]
    public struct Five
    {
        private Vector2 _first;
    }

    /// <summary>Four numbers.</summary>
    [InlineArray(WalkerBody.Feet)]
    public struct Four
    {
        private float _first;
    }

    /// <summary>Two numbers.</summary>
    [InlineArray(WalkerBody.Muscles)]
    public struct Two
    {
        private float _first;
    }
}
