using System.Collections.Immutable;
using Gymkhana.Core.Environments;
using Gymkhana.Core.Settings;

namespace Gymkhana.Core.Conformance;

/// <summary>What an environment says of itself, and whether its buffers have the sizes that follow from it.</summary>
internal static class SpecChecks
{
    private const string Check = EnvironmentChecks.Spec;

    public static void RunOnSettings(EnvironmentRegistration registration, FindingList findings)
    {
        foreach (Setting setting in registration.Schema.Settings)
        {
            findings.Demand(setting.Description.Length > 0, Check, $"setting '{setting.Key}' has no description");
            try
            {
                setting.Parse(setting.Default);
            }
            catch (SettingException failure)
            {
                findings.Add(Check, $"the default of setting '{setting.Key}' is refused by itself: {failure.Message}");
            }
        }
    }

    public static void Run(EnvironmentRegistration registration, IEnvironment environment, FindingList findings)
    {
        EnvironmentSpec spec = environment.Spec;
        findings.Demand(spec.Id == registration.Id, Check, $"the spec says '{spec.Id}' but the registration says '{registration.Id}'");
        findings.Demand(HasVersion(spec.Id), Check, $"id '{spec.Id}' does not end in its version, such as -v0 or _v3");
        findings.Demand(spec.Summary.Length > 0 && registration.Summary.Length > 0, Check, "the summary is empty");
        findings.Demand(spec.StepSeconds > 0, Check, $"StepSeconds is {spec.StepSeconds}; a step takes time");
        findings.Demand(spec.MaxEpisodeSteps >= 1, Check, $"MaxEpisodeSteps is {spec.MaxEpisodeSteps}; an episode has at least one step");
        findings.Demand(environment.Count == 3, Check, $"3 copies were asked for, Count is {environment.Count}");
        CheckPage(spec.Page, findings);
        CheckFigures(environment, findings);
        findings.Demand(environment.Groups.Length > 0, Check, "there is no group of agents");
        foreach (AgentGroup group in environment.Groups)
        {
            CheckGroup(group, environment.Count, findings);
        }
    }

    private static bool HasVersion(string id)
    {
        int version = Math.Max(id.LastIndexOf("-v", StringComparison.Ordinal), id.LastIndexOf("_v", StringComparison.Ordinal));
        return version > 0 && version + 2 < id.Length && id[(version + 2)..].All(char.IsAsciiDigit);
    }

    private static void CheckPage(EnvironmentPage page, FindingList findings)
    {
        (string Heading, string Text)[] headings =
        [
            ("Description", page.Description), ("Reward", page.Reward), ("Start", page.Start), ("End", page.End), ("Source", page.Source), ("Versions", page.Versions),
        ];
        foreach ((string heading, string text) in headings)
        {
            findings.Demand(!string.IsNullOrWhiteSpace(text), Check, $"the page's heading {heading} is empty");
        }

        (string Table, ImmutableArray<FeatureRow> Rows)[] tables = [("Actions", page.Actions), ("Observations", page.Observations)];
        foreach ((string table, ImmutableArray<FeatureRow> rows) in tables)
        {
            bool filled = !rows.IsDefaultOrEmpty && rows.All(r => r.Index.Length > 0 && r.Name.Length > 0);
            findings.Demand(filled, Check, $"the page's table {table} is empty or has a row without index or name");
        }
    }

    private static void CheckFigures(IEnvironment environment, FindingList findings)
    {
        ImmutableArray<Figure> figures = environment.Spec.Figures;
        Batch<double> values = environment.Figures;
        findings.Demand(
            values.Features == figures.Length && values.Count == environment.Count && values.Agents == 1,
            Check,
            $"the spec lists {figures.Length} figures, but the buffer holds {values.Agents}×{values.Features} for {values.Count} copies");
        findings.Demand(figures.Select(f => f.Name).Distinct().Count() == figures.Length, Check, "two figures have the same name");
        foreach (Figure figure in figures)
        {
            findings.Demand(
                figure.Name.Length > 0 && char.IsAsciiLetterLower(figure.Name[0]) && figure.Name.All(char.IsAsciiLetterOrDigit) && figure.Description.Length > 0,
                Check,
                $"figure '{figure.Name}' needs a camelCase name and a description");
        }
    }

    private static void CheckGroup(AgentGroup group, int count, FindingList findings)
    {
        string name = $"group '{group.Name}'";
        findings.Demand(group.Name.Length > 0 && group.Agents.All(a => a.Length > 0), Check, $"{name} or one of its agents has no name");
        findings.Demand(group.Agents.Distinct().Count() == group.Agents.Length, Check, $"two agents of {name} have the same name");
        findings.Demand(group.RewardParts.Distinct().Count() == group.RewardParts.Length, Check, $"two reward parts of {name} have the same name");
        (string Buffer, Batch Batch, int Features)[] buffers =
        [
            ("Observations", group.Observations, group.ObservationSpace.Size),
            ("FinalObservations", group.FinalObservations, group.ObservationSpace.Size),
            ("Actions", group.Actions, group.ActionSpace.Size),
            ("Rewards", group.Rewards, 1),
            ("RewardPartValues", group.RewardPartValues, group.RewardParts.Length),
        ];
        foreach ((string buffer, Batch batch, int features) in buffers)
        {
            findings.Demand(
                batch.Count == count && batch.Agents == group.Agents.Length && batch.Features == features,
                Check,
                $"{buffer} of {name} holds {batch.Agents}×{batch.Features} for {batch.Count} copies, expected {group.Agents.Length}×{features} for {count}");
        }
    }
}
