using Gymkhana.Core.Settings;

namespace Gymkhana.Core.Conformance;

/// <summary>How long the checks play an environment.</summary>
public sealed record ConformanceOptions
{
    /// <summary>Steps that are played at least.</summary>
    public int MinSteps { get; init; } = 300;

    /// <summary>Play goes on beyond <see cref="MinSteps"/> until so many episodes of one batch have ended.</summary>
    public int Episodes { get; init; } = 9;

    /// <summary>Steps that are played at most, even if fewer episodes have ended; slow environments set it lower.</summary>
    public int MaxSteps { get; init; } = 5000;

    /// <summary>Settings to play with, or null for the defaults.</summary>
    public SettingValues? Settings { get; init; }
}
