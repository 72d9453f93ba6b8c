using Gymkhana.Lab.Runs;

namespace Gymkhana.Lab.Live;

/// <summary>Sends what changes in run folders, as it is written there, whoever trains.</summary>
/// <param name="shelf">The runs.</param>
/// <param name="trainings">What the lab itself has started.</param>
internal sealed class RunFeeds(RunShelf shelf, Trainings trainings)
{
    private const int RowsOfMessage = 2000;
    private static readonly TimeSpan Shelf = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Run = TimeSpan.FromMilliseconds(250);

    /// <summary>Follows all runs.</summary>
    public async Task FollowAllAsync(LabSocket socket)
    {
        IReadOnlyList<RunCard>? sent = null;
        while (true)
        {
            IReadOnlyList<RunCard> cards = shelf.Cards();
            if (sent is null || !sent.SequenceEqual(cards)) await socket.SendAsync(new RunsMessage("runs", cards), LabJson.Default.RunsMessage);
            sent = cards;
            await Task.Delay(Shelf, socket.Gone);
        }
    }

    /// <summary>Follows one run until it is no longer there.</summary>
    public async Task FollowAsync(LabSocket socket, string name)
    {
        try
        {
            await FollowAsync(socket, name, shelf.PathOf(name));
        }
        catch (Exception gone) when (gone is RefusedException or DirectoryNotFoundException)
        {
            // It was never there, or went while it was looked at.
        }

        await socket.SendAsync(new BareMessage("gone"), LabJson.Default.BareMessage);
    }

    private async Task FollowAsync(LabSocket socket, string name, string path)
    {
        var metrics = new RunTail(Path.Combine(path, Core.Runs.MetricsLog.FileName));
        var log = new RunTail(trainings.LogOf(name));
        RunCard? sent = null;
        DateTime champion = default;
        while (Core.Runs.RunFolder.Holds(path))
        {
            RunCard card = shelf.Card(name);
            if (card != sent) await socket.SendAsync(new RunMessage("run", card), LabJson.Default.RunMessage);
            sent = card;
            await SendMetricsAsync(socket, metrics);
            if (ChampionTime(path) is DateTime changed && changed != champion)
            {
                champion = changed;
                await socket.SendAsync(new ChampionMessage("champion", card.Iteration), LabJson.Default.ChampionMessage);
            }

            if (log.Next() is { Length: > 0 } text) await socket.SendAsync(new LogMessage("log", text), LabJson.Default.LogMessage);
            await Task.Delay(Run, socket.Gone);
        }
    }

    private static async Task SendMetricsAsync(LabSocket socket, RunTail tail)
    {
        bool isFirst = true;
        while (tail.Next() is { Length: > 0 } lines)
        {
            MetricRows table = MetricRows.Read(lines);
            bool restart = isFirst && tail.HasRestarted;
            for (int start = 0; start < table.Rows.Count; start += RowsOfMessage)
            {
                double?[][] rows = [.. table.Rows.Skip(start).Take(RowsOfMessage)];
                await socket.SendAsync(new MetricsMessage("metrics", table.Columns, rows, restart && start == 0), LabJson.Default.MetricsMessage);
            }

            isFirst = false;
        }
    }

    private static DateTime? ChampionTime(string path) =>
        Directory.EnumerateFiles(path, "champion.*").Select(File.GetLastWriteTimeUtc).Cast<DateTime?>().FirstOrDefault();
}
