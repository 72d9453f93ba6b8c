using System.Globalization;
using System.Net;
using System.Text;
using Gymkhana.Core.Environments;
using Gymkhana.Core.Runs;
using Gymkhana.Core.Settings;
using Gymkhana.Environments.Walker;
using Gymkhana.Environments.Walker.Film;

namespace Gymkhana.Cli.Reports;

/// <summary>All that a report shows.</summary>
internal sealed record ReportContent
{
    public required RunManifest Manifest { get; init; }

    public required string Path { get; init; }

    public required IAlgorithm Algorithm { get; init; }

    public required EnvironmentSpec Environment { get; init; }

    public required SettingSchema EnvironmentSchema { get; init; }

    public required RunHistory History { get; init; }

    /// <summary>The champion's network, or null when it has none to draw.</summary>
    public NetworkDiagram? Network { get; init; }

    /// <summary>How the champion's agents attend to each other, or null where they do not.</summary>
    public AttentionStudy? Attention { get; init; }

    /// <summary>File name of the film beside the report, or null.</summary>
    public string? Film { get; init; }

    /// <summary>The still as PNG, or null.</summary>
    public byte[]? Still { get; init; }
}

/// <summary>Composes a report: one HTML file that needs nothing but the film beside it.</summary>
internal static class ReportPage
{
    /// <summary>The page.</summary>
    /// <param name="content">What to show.</param>
    /// <returns>HTML that is also well-formed XML.</returns>
    public static string Compose(ReportContent content)
    {
        RunManifest run = content.Manifest;
        string title = $"{run.Algorithm} on {run.Environment}";
        var page = new StringBuilder();
        page.Append("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\"/>\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>\n");
        page.Append(CultureInfo.InvariantCulture, $"<title>{Html(title)}: {Html(Path.GetFileName(Path.TrimEndingDirectorySeparator(content.Path)))}</title>\n<style>\n{ReportStyle.Css}\n</style>\n</head>\n<body>\n<main>\n");
        string preset = run.Preset is null ? string.Empty : $"preset {run.Preset}, ";
        page.Append(CultureInfo.InvariantCulture, $"<h1>{Html(title)}</h1>\n<p class=\"quiet\">{Html(preset)}seed {run.Seed} · {run.Progress.Iteration} {Html(content.Algorithm.IterationName)}s · {Readable.Count(run.Progress.AgentSteps)} agent-steps in {Readable.Duration(run.Progress.WallSeconds)} · {State(run.State)} · {run.Created.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture)} UTC</p>\n");
        Scores(page, content);
        Film(page, content);
        Curves(page, content);
        if (content.Network is NetworkDiagram network)
        {
            page.Append(CultureInfo.InvariantCulture, $"<h2>The champion's network</h2>\n<div class=\"card scroll\">{NetworkSvg.Draw(network)}</div>\n<p class=\"quiet\">{network.Nodes.Count(n => n.Role == DiagramRole.Hidden)} hidden nodes, {network.Links.Length} connections; width by weight, <span style=\"color:var(--plus)\">green positive</span>, <span style=\"color:var(--minus)\">red negative</span>.</p>\n");
        }

        Attention(page, content);
        Commands(page, content);
        Settings(page, content);
        Machine(page, run);
        return page.Append("</main>\n</body>\n</html>\n").ToString();
    }

    private static void Scores(StringBuilder page, ReportContent content)
    {
        if (content.Manifest.Results is not RunResults results)
        {
            page.Append("<p class=\"quiet\">The champion is scored when the training is over.</p>\n");
            return;
        }

        page.Append("<section class=\"scores\">\n");
        foreach ((string name, string what, ScoreRecord score) in new[]
        {
            ("test", $"{results.Test.Episodes} held-out episodes", results.Test),
            ("validation", $"{results.Validation.Episodes} episodes of the kind it was chosen on", results.Validation),
        })
        {
            (string unit, double mean, double[] interval) = content.Environment.Headline is string figure && score.Metrics.TryGetValue(figure, out FigureScore? headline)
                ? (Readable.Words(figure), headline.Mean, headline.Ci95)
                : ("return", score.Mean, score.Ci95);
            page.Append(CultureInfo.InvariantCulture, $"<div class=\"card\"><div class=\"what\">{Html(unit)}, {name} ({what})</div><div class=\"number\">{mean:0.00}</div><div class=\"what\">95 % interval [{interval[0]:0.00}, {interval[1]:0.00}]</div></div>\n");
        }

        page.Append("</section>\n<div class=\"card scroll\"><table><thead><tr><th>mean over episodes [95 % interval]</th><th>validation</th><th>test</th></tr></thead><tbody>\n");
        foreach ((string name, FigureScore test) in results.Test.Metrics)
        {
            FigureScore validation = results.Validation.Metrics[name];
            Row(page, Readable.Words(name), Readable.WithInterval(validation.Mean, validation.Ci95), Readable.WithInterval(test.Mean, test.Ci95));
        }

        Row(page, "return", Readable.WithInterval(results.Validation.Mean, results.Validation.Ci95), Readable.WithInterval(results.Test.Mean, results.Test.Ci95));
        Row(page, "return, interquartile mean", Readable.WithInterval(results.Validation.Iqm, results.Validation.IqmCi95), Readable.WithInterval(results.Test.Iqm, results.Test.IqmCi95));
        page.Append("</tbody></table></div>\n");
    }

    private static void Film(StringBuilder page, ReportContent content)
    {
        if (content.Still is null && content.Film is null) return;
        string still = content.Still is null ? string.Empty : "data:image/png;base64," + Convert.ToBase64String(content.Still);
        page.Append("<h2>The champion at work</h2>\n<figure class=\"film\">");
        if (content.Film?.EndsWith(".mp4", StringComparison.Ordinal) == true)
        {
            page.Append(CultureInfo.InvariantCulture, $"<video controls=\"controls\" loop=\"loop\" muted=\"muted\" playsinline=\"playsinline\" preload=\"none\" poster=\"{still}\" src=\"{Html(content.Film)}\"></video>");
        }
        else if (content.Film is not null)
        {
            page.Append(CultureInfo.InvariantCulture, $"<img src=\"{Html(content.Film)}\" alt=\"film of the champion\"/>");
        }
        else
        {
            page.Append(CultureInfo.InvariantCulture, $"<img src=\"{still}\" alt=\"the champion\"/>");
        }

        string episodes = content.Environment.Id == WalkerPage.Id || content.Manifest.Results is not { Episodes.Length: > 0 } results ? string.Empty
            : $"The {string.Join(", ", results.Episodes.Select(e => string.Create(CultureInfo.InvariantCulture, $"{e.Rank} ({e.Return:0.#})")))} of {results.Test.Episodes} test episodes. ";
        string caption = content.Film is null ? "A still." : $"{episodes}Film in {content.Film} beside this page.";
        page.Append(CultureInfo.InvariantCulture, $"<figcaption>{Html(caption)}</figcaption></figure>\n");
    }

    private static void Curves(StringBuilder page, ReportContent content)
    {
        RunHistory history = content.History;
        if (history.Column("iteration") is not double[] iterations) return;
        string iteration = content.Algorithm.IterationName;
        bool byReturn = content.Environment.Headline is null;
        string figure = Readable.Words(content.Environment.Headline ?? "return");
        Curve[] progress = byReturn
            ? Present(history, ("championValidation", "champion, validation"), ("validation", "candidate, validation"), ("championScore", "champion, validation"), ("score", "candidate, validation"), ("return", "training, last 100 episodes"))
            : Present(history, ("championFigure", "champion, validation"), ("validationFigure", "candidate, validation"), ("bestFigure", "best in training"));
        Curve[] fitness = Present(history, ("bestFitness", "best"), ("medianFitness", "median"), ("championValidation", "champion, validation"));
        Curve[] size = Present(history, ("championConnections", "connections"), ("championHiddenNodes", "hidden nodes"), ("connections", "connections, mean"), ("hiddenNodes", "hidden nodes, mean"));
        page.Append("<h2>How it learned</h2>\n");
        if (progress.Any(c => c.Band is not null)) page.Append("<p>The bands are 95 % intervals of the mean over the validation episodes.</p>\n");
        page.Append("<div class=\"charts\">\n");
        page.Append(CurveChart.Draw($"{figure} over {iteration}s", iteration, iterations, progress));
        if (history.Column("wallSeconds") is double[] seconds)
        {
            page.Append(CurveChart.Draw($"{figure} over wall time", "wall time, min", [.. seconds.Select(s => s / 60)], progress));
        }

        page.Append(history.Column("bestFitness") is null ? string.Empty : CurveChart.Draw("Fitness", iteration, iterations, fitness));
        page.Append(CurveChart.Draw("Return", iteration, iterations, byReturn || history.Column("return") is null ? [] : Present(history, ("return", "training, last 100 episodes"), ("validation", "validation"))));
        foreach (string loss in history.Names.Where(n => n.EndsWith("loss", StringComparison.OrdinalIgnoreCase)))
        {
            page.Append(CurveChart.Draw(Readable.Words(loss), iteration, iterations, Present(history, (loss, Readable.Words(loss)))));
        }

        page.Append(CurveChart.Draw("Entropy of the policy", iteration, iterations, Present(history, ("entropy", "nats"))));
        page.Append(CurveChart.Draw("Movement of the policy", iteration, iterations, Present(history, ("approxKl", "KL divergence, nats"), ("clipFraction", "clipped share"))));
        Classes(page, history, iteration, iterations);
        page.Append(CurveChart.Draw("Size of networks", iteration, iterations, size));
        page.Append(CurveChart.Draw("Species", iteration, iterations, Present(history, ("species", "species"))));
        page.Append("</div>\n");
    }

    private static Curve[] Present(RunHistory history, params (string Key, string Name)[] columns) =>
        [.. columns.Where(c => history.Column(c.Key) is not null).Select(c => new Curve(c.Name, history.Column(c.Key) ?? []) { Band = history.Interval(c.Key) })];

    private static void Commands(StringBuilder page, ReportContent content)
    {
        page.Append("<h2>Do it again</h2>\n");
        Command(page, "Repeat it: the same champion to the byte, on any machine with any number of threads", RunCommands.Repeat(content.Manifest, content.Algorithm));
        Command(page, "Train on", $"./gymkhana resume {content.Path} --generations {content.Manifest.Progress.Iteration * 2}", content.Algorithm.Schema.Has(content.Algorithm.IterationsKey));
        Command(page, "Score it on episodes of your own", $"./gymkhana evaluate {content.Path} {content.Manifest.Environment} --seed 1");
        Command(page, "Film it", $"./gymkhana record {content.Path} {content.Manifest.Environment} --out film.mp4");
    }

    // Figures of a team are named after a class at their end, measures of learning after a dash.
    private static void Classes(StringBuilder page, RunHistory history, string iteration, double[] iterations)
    {
        const string Entropy = "entropy-";
        string[] classes = [.. history.Names.Where(n => n.StartsWith(Entropy, StringComparison.Ordinal)).Select(n => n[Entropy.Length..])];
        if (classes.Length == 0) return;
        foreach (string stem in history.Names.Where(n => !n.Contains('-') && n.EndsWith(classes[0], StringComparison.Ordinal)).Select(n => n[..^classes[0].Length]))
        {
            (string, string)[] curves = [.. classes.Select(c => ($"validation-{stem}{c}", $"{c}, validation")), .. classes.Select(c => (stem + c, $"{c}, training"))];
            page.Append(CurveChart.Draw($"{Readable.Words(stem)} by class", iteration, iterations, Present(history, curves)));
        }

        foreach ((string measure, string title) in new[] { ("entropy", "Entropy by class, nats"), ("approxKl", "Movement by class, KL divergence in nats"), ("explainedVariance", "What the critics foresaw, share of the variance of returns") })
        {
            page.Append(CurveChart.Draw(title, iteration, iterations, Present(history, [.. classes.Select(c => ($"{measure}-{c}", c))])));
        }
    }

    private static void Attention(StringBuilder page, ReportContent content)
    {
        if (content.Attention is not AttentionStudy study) return;
        page.Append("<h2>Who listens to whom</h2>\n");
        page.Append(CultureInfo.InvariantCulture, $"<div class=\"card scroll\">{AttentionSvg.Preferences(study)}</div>\n");
        page.Append(CultureInfo.InvariantCulture, $"<p class=\"quiet\">Attention of each agent (row) to each other (column) over {AttentionStudy.Episodes} test episodes: 1× is an even division among all that it hears at a moment; below, in how much of the time it hears that one.</p>\n");
        page.Append(CultureInfo.InvariantCulture, $"<div class=\"card scroll\">{AttentionSvg.Legend(study)}{AttentionSvg.Course(study)}</div>\n");
        page.Append(CultureInfo.InvariantCulture, $"<p class=\"quiet\">Test episode {study.Shown}, step by step: how each agent (row) divides its attention; empty while it hears nobody.</p>\n");
    }

    private static void Command(StringBuilder page, string what, string command, bool applies = true)
    {
        if (applies) page.Append(CultureInfo.InvariantCulture, $"<p class=\"quiet\">{Html(what)}</p>\n<pre>{Html(command)}</pre>\n");
    }

    private static void Settings(StringBuilder page, ReportContent content)
    {
        page.Append("<h2>Settings</h2>\n");
        RunManifest run = content.Manifest;
        Table(page, content.Algorithm.Name, run.AlgorithmSettings, content.Algorithm.Schema);
        Table(page, $"{run.Environment} while training", run.EnvironmentSettings, content.EnvironmentSchema);
        Table(page, $"{run.Environment} for the scores", run.EvaluationSettings, content.EnvironmentSchema);
    }

    private static void Table(StringBuilder page, string whose, RecordedSettings settings, SettingSchema schema)
    {
        int changed = settings.Effective.Count(s => IsChanged(s, schema));
        page.Append(CultureInfo.InvariantCulture, $"<details{(changed > 0 ? " open=\"open\"" : string.Empty)}><summary>{Html(whose)}: {changed} of {settings.Effective.Count} settings differ from their defaults</summary>\n<div class=\"card scroll\"><table><thead><tr><th>setting</th><th>value</th><th>default</th><th></th></tr></thead><tbody>\n");
        foreach (KeyValuePair<string, string> setting in settings.Effective.OrderBy(s => IsChanged(s, schema) ? 0 : 1))
        {
            Setting? known = schema.Has(setting.Key) ? schema.Find(setting.Key) : null;
            string mark = IsChanged(setting, schema) ? " class=\"given\"" : string.Empty;
            page.Append(CultureInfo.InvariantCulture, $"<tr><td{mark}>{Html(setting.Key)}</td><td{mark}>{Html(setting.Value)}</td><td>{Html(known?.Default ?? string.Empty)}</td><td class=\"quiet\">{Html(known?.Description ?? string.Empty)}</td></tr>\n");
        }

        page.Append("</tbody></table></div></details>\n");
    }

    private static bool IsChanged(KeyValuePair<string, string> setting, SettingSchema schema) =>
        !schema.Has(setting.Key) || schema.Find(setting.Key).Default != setting.Value;

    private static void Machine(StringBuilder page, RunManifest run)
    {
        MachineDescription machine = run.Machine;
        page.Append("<h2>Machine</h2>\n<div class=\"card scroll\"><table><tbody>\n");
        Row(page, "processor", string.Create(CultureInfo.InvariantCulture, $"{machine.Processor}, {machine.Cores} cores, vectors of {machine.SimdBits} bits"));
        Row(page, "threads", run.Threads.ToString(CultureInfo.InvariantCulture));
        Row(page, "system", $"{machine.OperatingSystem}, {machine.Runtime}");
        Row(page, "Gymkhana", run.Version);
        page.Append("</tbody></table></div>\n");
    }

    private static void Row(StringBuilder page, params ReadOnlySpan<string> cells)
    {
        page.Append("<tr>");
        foreach (string cell in cells) page.Append("<td>").Append(Html(cell)).Append("</td>");
        page.Append("</tr>\n");
    }

    private static string State(RunState state) => state switch
    {
        RunState.Finished => "finished",
        RunState.Stopped => "stopped",
        _ => "running",
    };

    private static string Html(string text) => WebUtility.HtmlEncode(text);
}
