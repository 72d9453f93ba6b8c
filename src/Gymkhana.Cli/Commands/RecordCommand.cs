using System.CommandLine;
using System.Globalization;
using Gymkhana.Cli.Films;
using Gymkhana.Core.Environments;
using Gymkhana.Core.Policies;
using Gymkhana.Core.Settings;
using Gymkhana.Environments.Drawing;
using Gymkhana.Environments.Walker;
using Gymkhana.Environments.Walker.Film;

namespace Gymkhana.Cli.Commands;

/// <summary><c>record POLICY ENV</c>: films a policy in an environment.</summary>
internal static class RecordCommand
{
    private const double WalkSeconds = 30;

    public static Command Build(Lazy<Rooms> rooms)
    {
        var policy = new Argument<string>("POLICY") { Description = "run folder (RUN@N: its champion in iteration N), champion file, ONNX file or built-in name" };
        var environment = new Argument<string>("ENV") { Description = "id of the environment" };
        var output = new Option<string>("--out") { Description = "file to write: .mp4 (needs ffmpeg), .gif, or .png for the last frame", HelpName = "FILE", Required = true };
        Option<ulong?> seed = SharedOptions.Seed("seed of the first episode (default: 1)");
        Option<double?> seconds = SharedOptions.Number("--seconds", "T", $"length of the film (default: {WalkSeconds:0} for {WalkerPage.Id}, else one episode)", 0.1);
        var size = new Option<string?>("--size") { Description = $"size of the pictures: {FilmRecorder.Width}x{FilmRecorder.Height} (default) for the scene, or one that the environment's original paints, such as 600x400 for CarRacing-v3", HelpName = "WxH" };
        Option<string[]> with = SharedOptions.With();
        Option<string[]> set = SharedOptions.Set("the environment");
        Option<bool> json = SharedOptions.Json();
        var command = new Command("record", "film a policy in an environment") { policy, environment, output, seed, seconds, size, with, set, json };
        command.SetAction(parsed =>
        {
            EnvironmentRegistration registration = rooms.Value.Environments.Find(parsed.GetRequiredValue(environment));
            string path = parsed.GetRequiredValue(output);
            FilmRecorder.CheckEnding(path, "--out");
            double? length = parsed.GetValue(seconds);
            if (length > 10_000) throw new UsageException(string.Create(CultureInfo.InvariantCulture, $"Option --seconds expects at most 10000, got {length}."));
            ResolvedPolicy resolved = new PolicyResolver(rooms.Value).Resolve(parsed.GetRequiredValue(policy), parsed.GetValue(with) ?? []);
            IPolicy actor = resolved.Policy;
            SettingValues settings = resolved.SettingsIn(registration, parsed.GetValue(set) ?? []);
            ulong first = parsed.GetValue(seed) ?? 1;
            (int, int)? pictures = parsed.GetValue(size) is string words ? SizeOf(words) : null;
            if (pictures is not null && registration.Id == WalkerPage.Id) throw new UsageException($"{WalkerPage.Id} is filmed at {FilmRecorder.Width}x{FilmRecorder.Height} only. Leave --size out.");
            using var stop = new StopSignal(() => { });
            FilmSummary film = registration.Id == WalkerPage.Id
                ? Walk(actor, WalkerOptions.From(settings), first, length ?? WalkSeconds, path, stop.Token)
                : new EpisodeFilm(registration.Create(settings, 1), actor, pictures)
                    .Record([new EpisodeShot(first, length, string.Empty, GoesOn: length is not null)], path, new VideoSettings(), still: null, stop.Token);
            if (parsed.GetValue(json)) WriteJson(path, registration.Id, actor, first, film);
            else Console.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{actor.Name} in {registration.Id}: film of {film.Seconds:0.0} s ({film.Frames} frames) in {path}"));
            return CommandLine.Done;
        });
        return command;
    }

    private static FilmSummary Walk(IPolicy policy, WalkerOptions world, ulong seed, double seconds, string path, CancellationToken stop)
    {
        var rules = new RaceRules { Targets = 0, Seed = seed, LimitSeconds = seconds, World = world };
        return FilmRecorder.Record(FilmRecorder.FilmOf(new WalkerRace([policy], rules), FilmRecorder.Subtitle(0, seed)), path, new VideoSettings(), stop);
    }

    private static (int Width, int Height) SizeOf(string words)
    {
        string[] sides = words.Split('x');
        return sides.Length == 2 && int.TryParse(sides[0], NumberStyles.None, CultureInfo.InvariantCulture, out int width) && int.TryParse(sides[1], NumberStyles.None, CultureInfo.InvariantCulture, out int height)
            ? (width, height)
            : throw new UsageException($"Option --size expects WIDTHxHEIGHT in pixels, such as 600x400, got '{words}'.");
    }

    private static void WriteJson(string path, string environment, IPolicy policy, ulong seed, FilmSummary film) => JsonOutput.Write(json =>
    {
        json.WriteString("file", path);
        json.WriteString("environment", environment);
        json.WriteString("policy", policy.Name);
        json.WriteNumber("seed", seed);
        json.WriteNumber("frames", film.Frames);
        json.WriteNumber("framesPerSecond", film.FramesPerSecond);
    });
}
