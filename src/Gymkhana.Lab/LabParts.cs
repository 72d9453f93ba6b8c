using System.Collections.Immutable;
using System.Diagnostics;
using Gymkhana.Core.Environments;
using Gymkhana.Core.Policies;
using Gymkhana.Core.Runs;
using Gymkhana.Core.Settings;
using Gymkhana.Environments.Walker.Film;

namespace Gymkhana.Lab;

/// <summary>What the program is made of, as far as the lab shows it. The lab knows no command line: what it needs of one is handed to it here.</summary>
public sealed record LabParts
{
    /// <summary>The environments.</summary>
    public required EnvironmentRegistry Environments { get; init; }

    /// <summary>The algorithms.</summary>
    public required ImmutableArray<IAlgorithm> Algorithms { get; init; }

    /// <summary>The built-in policies.</summary>
    public required ImmutableArray<IPolicy> Policies { get; init; }

    /// <summary>Finds a policy by a built-in name or a path, and the settings of the environment it is used in, with KEY=VALUE changes over them.</summary>
    public required Func<string, EnvironmentRegistration, IReadOnlyList<string>, (IPolicy Policy, SettingValues Settings)> FindPolicy { get; init; }

    /// <summary>The network at work in an actor, or null where it has none to show.</summary>
    public required Func<IActor, IEnvironment, ILiveNetwork?> NetworkAt { get; init; }

    /// <summary>How a process of the command line is started with these words.</summary>
    public required Func<IReadOnlyList<string>, ProcessStartInfo> Command { get; init; }
}

/// <summary>How the lab is served.</summary>
public sealed record LabOptions
{
    /// <summary>The port that is taken where a person names none.</summary>
    public const int DefaultPort = 5055;

    /// <summary>The folder of the runs.</summary>
    public required string RunsFolder { get; init; }

    /// <summary>The folder of the ONNX models that are offered; it need not exist.</summary>
    public required string ModelsFolder { get; init; }

    /// <summary>The folder of the built page; it need not exist.</summary>
    public required string PageFolder { get; init; }

    /// <summary>The port; 0 for any that is free.</summary>
    public int Port { get; init; } = DefaultPort;

    /// <summary>An address other than this machine's own to listen at, which demands <see cref="Token"/>; null for the loopback alone.</summary>
    public string? Listen { get; init; }

    /// <summary>What every request must bring along; null where only the loopback is listened at.</summary>
    public string? Token { get; init; }

    /// <summary>Most WebSockets at a time.</summary>
    public int MostSockets { get; init; } = 128;

    /// <summary>Most scenes at a time, which cost a simulation each.</summary>
    public int MostScenes { get; init; } = 64;

    /// <summary>Most races at a time, which also remember how the sand lay.</summary>
    public int MostRaces { get; init; } = 8;

    /// <summary>Most trainings at a time that the lab has started.</summary>
    public int MostTrainings { get; init; } = 8;

    /// <summary>Most files at a time that the lab lets be made.</summary>
    public int MostWorks { get; init; } = 2;
}
