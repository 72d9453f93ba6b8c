using System.Collections.Immutable;
using System.CommandLine;
using System.Text.Json;
using Gymkhana.Core.Environments;
using Gymkhana.Core.Runs;
using Gymkhana.Core.Settings;
using Spectre.Console;

namespace Gymkhana.Cli.Commands;

/// <summary><c>envs [ID]</c>: lists the environments, or shows the page of one.</summary>
internal static class EnvsCommand
{
    public static Command Build(Lazy<Rooms> rooms)
    {
        var id = new Argument<string?>("ID") { Description = "id of one environment", Arity = ArgumentArity.ZeroOrOne };
        Option<string[]> set = SharedOptions.Set("the environment, to see its groups and spaces then");
        Option<bool> json = SharedOptions.Json();
        var command = new Command("envs", "list the environments, or show one with its spaces, reward, ends and source") { id, set, json };
        command.SetAction(parsed =>
        {
            bool asJson = parsed.GetValue(json);
            string[] assignments = parsed.GetValue(set) ?? [];
            if (parsed.GetValue(id) is string one)
            {
                EnvironmentRegistration registration = rooms.Value.Environments.Find(one);
                Show(rooms.Value, registration, SettingAssignments.Apply(assignments, registration.Schema.Defaults), asJson);
            }
            else if (assignments.Length > 0)
            {
                throw new UsageException("--set changes one environment. Say which: gymkhana envs ID --set KEY=VALUE");
            }
            else
            {
                List(rooms.Value, asJson);
            }

            return CommandLine.Done;
        });
        return command;
    }

    private static void List(Rooms rooms, bool asJson)
    {
        if (asJson)
        {
            JsonOutput.Write(json =>
            {
                json.WriteStartArray("environments");
                foreach (EnvironmentRegistration registration in rooms.Environments.Registrations)
                {
                    json.WriteStartObject();
                    json.WriteString("id", registration.Id);
                    json.WriteString("summary", registration.Summary);
                    json.WriteEndObject();
                }

                json.WriteEndArray();
            });
            return;
        }

        foreach (EnvironmentRegistration registration in rooms.Environments.Registrations)
        {
            Console.Out.WriteLine($"{registration.Id,-28} {registration.Summary}");
        }

        Console.Out.WriteLine();
        Console.Out.WriteLine("'gymkhana envs ID' shows one.");
    }

    private static void Show(Rooms rooms, EnvironmentRegistration registration, SettingValues settings, bool asJson)
    {
        IEnvironment environment = registration.Create(settings, 1);
        if (asJson)
        {
            JsonOutput.Write(json => WriteJson(json, environment, registration.Schema));
            return;
        }

        EnvironmentSpec spec = environment.Spec;
        EnvironmentPage page = spec.Page;
        IAnsiConsole console = Consoles.Out();
        console.MarkupLineInterpolated($"[bold]{spec.Id}[/]  {spec.Summary}");
        Section(console, "Description", page.Description);
        foreach (AgentGroup group in environment.Groups)
        {
            console.WriteLine();
            string parts = group.Parts.Length > 1 ? $" made up of {string.Join(", ", group.Parts.Where(p => p.Items > 0).Select(p => p.Items == 1 ? $"{p.Name} ({p.Features})" : $"{p.Name} ({p.Items} × {p.Features})"))}" : string.Empty;
            console.MarkupLineInterpolated($"Group [bold]{group.Name}[/] ({string.Join(", ", group.Agents)}): observes {group.ObservationSpace.ToString()}{parts}, acts {group.ActionSpace.ToString()}");
        }

        Features(console, "Actions", page.Actions);
        Features(console, "Observations", page.Observations);
        Section(console, "Reward", page.Reward);
        Section(console, "Start", page.Start);
        Section(console, "End", page.End);
        Section(console, "Time", FormattableString.Invariant($"One step is {spec.StepSeconds} s; an episode has at most {spec.MaxEpisodeSteps} steps."));
        if (spec.Figures.Length > 0)
        {
            Rows(console, "Figures", ["name", "unit", "counts"], spec.Figures.Select(f => new[] { f.Name, f.Unit, f.Description }));
        }

        Rows(console, "Settings (--set KEY=VALUE)", ["key", "default", "expected", "meaning"], registration.Schema.Settings.Select(s => new[] { s.Key, s.Default, s.Expected, s.Description }));
        foreach (IAlgorithm algorithm in rooms.Algorithms.Where(a => a.PresetsFor(registration.Id).Count > 0))
        {
            Rows(console, $"Presets of {algorithm.Name}", ["name", "what for"], algorithm.PresetsFor(registration.Id).Select(p => new[] { p.Name, p.Description }));
        }

        Section(console, "Source", page.Source);
        Section(console, "Versions", page.Versions);
    }

    private static void Section(IAnsiConsole console, string title, string text)
    {
        console.WriteLine();
        console.MarkupLineInterpolated($"[bold]{title}[/]");
        console.WriteLine(text);
    }

    private static void Features(IAnsiConsole console, string title, ImmutableArray<FeatureRow> rows) =>
        Rows(console, title, ["index", "name", "unit", "range"], rows.Select(r => new[] { r.Index, r.Name, r.Unit, r.Range }));

    private static void Rows(IAnsiConsole console, string title, string[] columns, IEnumerable<string[]> rows)
    {
        console.WriteLine();
        console.MarkupLineInterpolated($"[bold]{title}[/]");
        Table table = new Table().Border(TableBorder.Simple);
        foreach (string column in columns)
        {
            table.AddColumn(Markup.Escape(column));
        }

        foreach (string[] row in rows)
        {
            table.AddRow(row.Select(Markup.Escape).ToArray());
        }

        console.Write(table);
    }

    private static void WriteJson(Utf8JsonWriter json, IEnvironment environment, SettingSchema schema)
    {
        EnvironmentSpec spec = environment.Spec;
        json.WriteString("id", spec.Id);
        json.WriteString("summary", spec.Summary);
        json.WriteNumber("stepSeconds", spec.StepSeconds);
        json.WriteNumber("maxEpisodeSteps", spec.MaxEpisodeSteps);
        json.WriteStartArray("groups");
        foreach (AgentGroup group in environment.Groups)
        {
            json.WriteStartObject();
            json.WriteString("name", group.Name);
            json.WriteNumber("agents", group.Agents.Length);
            json.WriteString("observations", group.ObservationSpace.ToString());
            json.WriteStartArray("parts");
            foreach (ObservationPart part in group.Parts)
            {
                json.WriteStartObject();
                json.WriteString("name", part.Name);
                json.WriteNumber("items", part.Items);
                json.WriteNumber("features", part.Features);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteString("actions", group.ActionSpace.ToString());
            json.WriteStartArray("rewardParts");
            foreach (string part in group.RewardParts)
            {
                json.WriteStringValue(part);
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartArray("figures");
        foreach (Figure figure in spec.Figures)
        {
            json.WriteStartObject();
            json.WriteString("name", figure.Name);
            json.WriteString("unit", figure.Unit);
            json.WriteString("description", figure.Description);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartArray("settings");
        foreach (Setting setting in schema.Settings)
        {
            json.WriteStartObject();
            json.WriteString("key", setting.Key);
            json.WriteString("default", setting.Default);
            json.WriteString("expected", setting.Expected);
            json.WriteString("description", setting.Description);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }
}
