namespace Gymkhana.Environments.CarRacing.Rendering;

/// <summary>Colours of the window, red in the lowest byte.</summary>
internal static class WindowColour
{
    /// <summary>Behind everything, tyres, and the bar of instruments.</summary>
    public const uint Black = 0;

    /// <summary>Every other border, the score and the speed.</summary>
    public const uint White = 0xffffff;

    /// <summary>The borders between, and the turning speed.</summary>
    public const uint Red = 0x0000ff;

    /// <summary>The hull.</summary>
    public const uint Hull = 204;

    /// <summary>The strip on a wheel that shows how it turns.</summary>
    public const uint Strip = 77 | (77 << 8) | (77 << 16);

    /// <summary>Traces on grass.</summary>
    public const uint Mud = 102 | (102 << 8);

    /// <summary>A colour.</summary>
    public static uint Of(int red, int green, int blue) => (uint)(red | (green << 8) | (blue << 16));
}
