namespace Gymkhana.Lab.Runs;

/// <summary>A mean with its 95 % interval.</summary>
internal sealed record Measured(double Mean, double Low, double High);

/// <summary>What a champion scores on held-out episodes.</summary>
internal sealed record CardScore(string Name, string Unit, double Mean, double Low, double High, int Episodes);

/// <summary>A run in short.</summary>
internal record RunCard
{
    public string Name { get; init; } = string.Empty;

    /// <summary>"running", "stopped", "finished" or "broken".</summary>
    public string State { get; init; } = string.Empty;

    public string? Algorithm { get; init; }

    public string? Environment { get; init; }

    public string? Preset { get; init; }

    public ulong? Seed { get; init; }

    public long Iteration { get; init; }

    public long PlannedIterations { get; init; }

    public string? IterationName { get; init; }

    public long AgentSteps { get; init; }

    public double WallSeconds { get; init; }

    public DateTimeOffset? Created { get; init; }

    public bool HasChampion { get; init; }

    public CardScore? Score { get; init; }

    public string? Problem { get; init; }
}

/// <summary>A figure of the champion's scores.</summary>
internal sealed record ScoreRow(string Name, string Unit, Measured Validation, Measured Test);

/// <summary>A file of a run that may be downloaded.</summary>
internal sealed record RunFile(string Name, long Bytes);

/// <summary>An episode worth a look.</summary>
internal sealed record EpisodeRow(string Rank, int Number, double Return);

/// <summary>A setting, with its value where a run has one.</summary>
internal sealed record SettingRow
{
    public required string Key { get; init; }

    public required string Kind { get; init; }

    public required string Meaning { get; init; }

    public required string Unit { get; init; }

    public required string Default { get; init; }

    public required string Expected { get; init; }

    public string? Value { get; init; }

    public bool? Given { get; init; }
}

/// <summary>A run with all that is known of it.</summary>
internal sealed record RunDetails : RunCard
{
    public RunDetails(RunCard card)
        : base(card)
    {
    }

    public IReadOnlyList<SettingRow> AlgorithmSettings { get; init; } = [];

    public IReadOnlyList<SettingRow> EnvironmentSettings { get; init; } = [];

    public IReadOnlyList<SettingRow> EvaluationSettings { get; init; } = [];

    public string Repeat { get; init; } = string.Empty;

    public IReadOnlyList<ScoreRow> Scores { get; init; } = [];

    public IReadOnlyList<EpisodeRow> Episodes { get; init; } = [];

    public IReadOnlyList<RunFile> Files { get; init; } = [];

    /// <summary>The iterations that found the champions that are kept, ascending.</summary>
    public IReadOnlyList<long> Champions { get; init; } = [];

    public string? Machine { get; init; }
}
