using System.Text.Json;
using System.Threading.Channels;
using Gymkhana.Core.Runs;
using Gymkhana.Lab.Runs;

namespace Gymkhana.Lab.Live;

/// <summary>Follows one run for all who watch it: what has changed is read and written as messages once. It works while somebody watches.</summary>
/// <param name="shelf">The runs.</param>
/// <param name="name">The run.</param>
/// <param name="logPath">Where its process writes what it would print, if the lab has started it.</param>
internal sealed class RunFollower(RunShelf shelf, string name, string logPath)
{
    private const int BytesAtOnce = 32 * 1024; // what is made of them is short-lived and small enough to be collected with the youngest
    private const int MostWaiting = 400;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(250);

    private readonly string _path = Path.Combine(shelf.Root, name);
    private readonly string _metricsPath = Path.Combine(shelf.Root, name, MetricsLog.FileName);
    private readonly Lock _gate = new();
    private readonly List<Channel<byte[]>> _watchers = [];
    private readonly List<byte[]> _history = []; // all metrics as messages, which whoever joins is sent as they are
    private RunTail _metrics = new(string.Empty);
    private RunTail _log = new(string.Empty);
    private RunCard? _card;
    private DateTime _champion;
    private bool _isWorking;

    /// <summary>Begins to watch.</summary>
    /// <returns>What there is so far, and where what comes next will be; completed when the run has gone or the watcher is too slow.</returns>
    public (IReadOnlyList<byte[]> SoFar, Channel<byte[]> Next) Join()
    {
        var next = Channel.CreateBounded<byte[]>(MostWaiting);
        lock (_gate)
        {
            List<byte[]> soFar = [];
            if (!_isWorking)
            {
                (_metrics, _log, _card, _champion) = (new RunTail(_metricsPath, most: BytesAtOnce), new RunTail(logPath), null, default);
                _history.Clear();
                Read(soFar);
                _isWorking = true;
                _ = Task.Run(WorkAsync);
            }
            else
            {
                if (_card is not null) soFar.Add(Card(_card));
                soFar.AddRange(_history);
                if (_champion != default) soFar.Add(Champion());
                if (new RunTail(logPath, _log.Offset).Next() is { Length: > 0 } text) soFar.Add(Log(text));
            }

            _watchers.Add(next);
            return (soFar, next);
        }
    }

    /// <summary>Ceases to watch.</summary>
    public void Leave(Channel<byte[]> watcher)
    {
        lock (_gate)
        {
            _watchers.Remove(watcher);
        }
    }

    private async Task WorkAsync()
    {
        List<byte[]> news = [];
        do
        {
            await Task.Delay(Pause);
            news.Clear();
        }
        while (Tell(news));
    }

    // Whether there is anything more to do.
    private bool Tell(List<byte[]> news)
    {
        lock (_gate)
        {
            bool isThere = false;
            try
            {
                isThere = _watchers.Count > 0 && RunFolder.Holds(_path) && TryRead(news);
            }
            finally
            {
                // Whatever has happened, nobody is left waiting.
                foreach (Channel<byte[]> watcher in _watchers)
                {
                    if (!isThere || !news.TrueForAll(watcher.Writer.TryWrite)) watcher.Writer.TryComplete();
                }

                if (!isThere) _watchers.Clear();
                _isWorking = isThere;
            }

            return isThere;
        }
    }

    private bool TryRead(List<byte[]> messages)
    {
        try
        {
            Read(messages);
            return true;
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return false; // deleted while it was read: who still wants it connects anew
        }
    }

    private void Read(List<byte[]> messages)
    {
        RunCard card = shelf.Card(name);
        if (card != _card) messages.Add(Card(card));
        _card = card;
        ReadMetrics(messages);
        if (ChampionTime() is DateTime changed && changed != _champion)
        {
            _champion = changed;
            messages.Add(Champion());
        }

        if (_log.Next() is { Length: > 0 } text) messages.Add(Log(text));
    }

    private void ReadMetrics(List<byte[]> messages)
    {
        bool isFirst = true;
        while (_metrics.Next() is { Length: > 0 } lines)
        {
            MetricRows table = MetricRows.Read(lines);
            bool restart = isFirst && _metrics.HasRestarted;
            if (restart) _history.Clear();
            if (table.Rows.Count > 0) Tell(messages, JsonSerializer.SerializeToUtf8Bytes(new MetricsMessage("metrics", table.Columns, table.Rows, restart), LabJson.Default.MetricsMessage));
            if (table.Species.Count > 0) Tell(messages, JsonSerializer.SerializeToUtf8Bytes(new SpeciesMessage("species", table.Species, restart), LabJson.Default.SpeciesMessage));

            isFirst = false;
        }
    }

    private void Tell(List<byte[]> messages, byte[] message)
    {
        messages.Add(message);
        _history.Add(message);
    }

    private static byte[] Card(RunCard card) => JsonSerializer.SerializeToUtf8Bytes(new RunMessage("run", card), LabJson.Default.RunMessage);

    private static byte[] Log(string text) => JsonSerializer.SerializeToUtf8Bytes(new LogMessage("log", text), LabJson.Default.LogMessage);

    private byte[] Champion() => JsonSerializer.SerializeToUtf8Bytes(new ChampionMessage("champion", _card?.Iteration ?? 0), LabJson.Default.ChampionMessage);

    private DateTime? ChampionTime() =>
        Directory.EnumerateFiles(_path, "champion.*").Select(File.GetLastWriteTimeUtc).Cast<DateTime?>().FirstOrDefault();
}
