using System.CommandLine;
using Gymkhana.Cli.Reports;
using Gymkhana.Core.Runs;
using Gymkhana.Environments.Drawing;

namespace Gymkhana.Cli.Commands;

/// <summary><c>report RUN</c>: writes the report of a run anew, also of one under way.</summary>
internal static class ReportCommand
{
    public static Command Build(Lazy<Rooms> rooms)
    {
        var run = new Argument<string>("RUN") { Description = "run folder" };
        Option<double?> film = SharedOptions.Film();
        Option<bool> json = SharedOptions.Json();
        var command = new Command("report", "write report.html of a run, finished or under way: scores, curves, film, settings") { run, film, json };
        command.SetAction(parsed =>
        {
            string path = parsed.GetRequiredValue(run);
            RunManifest manifest = Manifest(path);
            string report = RunReport.Write(
                path, rooms.Value.Algorithm(manifest.Algorithm), rooms.Value.Environments.Find(manifest.Environment), parsed.GetValue(film) ?? RunReport.FilmSeconds(manifest), Console.Error.WriteLine, new VideoSettings());
            if (parsed.GetValue(json)) JsonOutput.Write(writer => writer.WriteString("report", report));
            else Console.Out.WriteLine($"Report in {report}");
            return CommandLine.Done;
        });
        return command;
    }

    private static RunManifest Manifest(string path)
    {
        using RunFolder folder = RunFolder.OpenToRead(path);
        return folder.ReadManifest();
    }
}
