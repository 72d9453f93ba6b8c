using System.Collections.Immutable;
using System.CommandLine;
using System.Globalization;
using Gymkhana.Cli.Films;
using Gymkhana.Core.Policies;
using Gymkhana.Core.Scenes;
using Gymkhana.Environments.Drawing;
using Gymkhana.Environments.Walker.Film;
using Spectre.Console;

namespace Gymkhana.Cli.Commands;

/// <summary><c>race POLICY...</c>: walkers race to the same targets; prints the ranking and, if wanted, films it.</summary>
internal static class RaceCommand
{
    private const int DefaultTargets = 20;
    private const double DefaultSeconds = 300;

    public static Command Build(Lazy<Rooms> rooms)
    {
        var policies = new Argument<string[]>("POLICY")
        {
            Description = $"run folders (RUN@N: its champion in iteration N), champion files, ONNX files or built-in names of 1 to {WalkerRace.MostWalkers} walkers",
            Arity = ArgumentArity.OneOrMore,
        };
        Option<int?> targets = SharedOptions.Number("--targets", "N", $"targets to reach, 0 for none (default: {DefaultTargets})", 0);
        Option<ulong?> seed = SharedOptions.Seed("seed of the list of targets (default: 1)");
        Option<double?> seconds = SharedOptions.Number("--seconds", "T", $"longest duration of the race, simulated seconds (default: {DefaultSeconds:0})", 0.1);
        var colours = new Option<string?>("--colours") { Description = "colours of the walkers in the film, #rrggbb for each, joined by commas", HelpName = "COLOURS" };
        var video = new Option<string?>("--video") { Description = "also film it: .mp4 (needs ffmpeg), .gif, or .png for the last frame", HelpName = "FILE" };
        Option<bool> json = SharedOptions.Json();
        var command = new Command("race", "let walkers race to the same targets") { policies, targets, seed, seconds, colours, video, json };
        command.SetAction(parsed =>
        {
            string[] names = parsed.GetRequiredValue(policies);
            if (names.Length > WalkerRace.MostWalkers)
            {
                throw new UsageException($"A race has at most {WalkerRace.MostWalkers} walkers, got {names.Length}. Leave some out.");
            }

            int goal = parsed.GetValue(targets) ?? DefaultTargets;
            double limit = parsed.GetValue(seconds) ?? DefaultSeconds;
            if (goal > 10_000) throw new UsageException($"Option --targets expects at most 10000, got {goal}.");
            if (limit > 10_000) throw new UsageException(string.Create(CultureInfo.InvariantCulture, $"Option --seconds expects at most 10000, got {limit}."));
            string? path = parsed.GetValue(video);
            if (path is not null) FilmRecorder.CheckEnding(path, "--video");
            var resolver = new PolicyResolver(rooms.Value);
            IPolicy[] walkers = [.. names.Select(name => resolver.Resolve(name).Policy)];
            var rules = new RaceRules { Targets = goal, Seed = parsed.GetValue(seed) ?? 1, LimitSeconds = limit, Colours = Colours(parsed.GetValue(colours), names.Length) };
            var race = new WalkerRace(walkers, rules);
            using var stop = new StopSignal(() => { });
            FilmSummary? film = Run(race, path, stop.Token);
            if (parsed.GetValue(json)) WriteJson(race, path, film);
            else Print(race, path, film);
            return CommandLine.Done;
        });
        return command;
    }

    private static ImmutableArray<Rgba> Colours(string? text, int walkers)
    {
        if (text is null) return [];
        string[] words = text.Split(',');
        if (words.Length != walkers) throw new UsageException($"Option --colours expects as many colours as there are walkers, {walkers}, got {words.Length}.");
        return [.. words.Select(word => Rgba.TryParse(word, out Rgba colour) && colour.A == 255 ? colour : throw new UsageException($"Option --colours expects colours such as #1e88e5, got '{word}'."))];
    }

    private static FilmSummary? Run(WalkerRace race, string? path, CancellationToken stop)
    {
        if (path is not null)
        {
            return FilmRecorder.Record(FilmRecorder.FilmOf(race, FilmRecorder.Subtitle(race.Rules.Targets, race.Rules.Seed)), path, new VideoSettings(), stop);
        }

        while (!race.IsOver)
        {
            stop.ThrowIfCancellationRequested();
            race.Step();
        }

        return null;
    }

    private static void WriteJson(WalkerRace race, string? path, FilmSummary? film) => JsonOutput.Write(json =>
    {
        json.WriteNumber("targets", race.Rules.Targets);
        json.WriteNumber("seed", race.Rules.Seed);
        json.WriteNumber("seconds", Math.Round(race.Seconds, 4));
        json.WriteStartArray("ranking");
        foreach (RaceResult result in race.Ranking())
        {
            json.WriteStartObject();
            json.WriteString("policy", result.Policy);
            json.WriteNumber("reached", result.Reached);
            if (result.Seconds is double seconds) json.WriteNumber("seconds", Math.Round(seconds, 4));
            else json.WriteNull("seconds");
            json.WriteEndObject();
        }

        json.WriteEndArray();
        if (film is not null)
        {
            json.WriteString("video", path);
            json.WriteNumber("frames", film.Frames);
        }
    });

    private static void Print(WalkerRace race, string? path, FilmSummary? film)
    {
        string goal = race.Rules.Targets > 0 ? $"First to {race.Rules.Targets} targets" : string.Create(CultureInfo.InvariantCulture, $"{race.Seconds:0} s");
        Table table = new Table().Border(TableBorder.Rounded).Title(Markup.Escape($"{goal}, seed {race.Rules.Seed}"));
        table.AddColumn(new TableColumn("place").RightAligned());
        table.AddColumn("policy");
        table.AddColumn(new TableColumn("targets").RightAligned());
        table.AddColumn(new TableColumn("last reached at").RightAligned());
        int place = 0;
        foreach (RaceResult result in race.Ranking())
        {
            string time = result.Seconds is double seconds ? string.Create(CultureInfo.InvariantCulture, $"{seconds:0.0} s") : "never";
            table.AddRow((++place).ToString(CultureInfo.InvariantCulture), Markup.Escape(result.Policy), result.Reached.ToString(CultureInfo.InvariantCulture), time);
        }

        Consoles.Out().Write(table);
        if (film is not null) Console.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"Film of {film.Seconds:0.0} s in {path}"));
    }
}
