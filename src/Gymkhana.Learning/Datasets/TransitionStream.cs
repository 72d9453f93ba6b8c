using System.Runtime.ExceptionServices;
using Gymkhana.Core.Randomness;

namespace Gymkhana.Learning.Datasets;

/// <summary>How a stream reads.</summary>
/// <param name="Batch">Transitions of a batch, at least 1.</param>
/// <param name="MemoryBytes">Bytes that shards may take in memory; batches and tables of episodes come on top.</param>
/// <param name="Seed">Seed of the order.</param>
/// <param name="SkipDamaged">Whether to go on without shards that turn out to be damaged.</param>
public sealed record StreamOptions(int Batch, long MemoryBytes, ulong Seed, bool SkipDamaged)
{
    /// <summary>Steps that a transition spans, at least 1; fewer where its episode ends before. More than 1 needs episodes that are stored whole.</summary>
    public int Steps { get; init; } = 1;

    /// <summary>Pixels by which pictures are moved at random, at most, in each direction; 0 leaves them as they are.</summary>
    public int Shift { get; init; }

    /// <summary>γ, by which the rewards of later steps are discounted.</summary>
    public double Discount { get; init; } = 1;
}

/// <summary>
/// An endless stream of batches, pass after pass over the chosen episodes, shuffled across shards. A thread of its own reads and
/// gathers ahead; the order is a function of the dataset and the options alone, and <see cref="TransitionBatch.After"/> is all that is
/// needed to go on from there. <see cref="Next"/> allocates nothing.
/// </summary>
public sealed class TransitionStream : IDisposable
{
    // One batch in use, two gathered ahead.
    private const int Slots = 3;

    private readonly object _gate = new();
    private readonly TransitionBatch[] _slots = new TransitionBatch[Slots];
    private readonly ShardWindow _window;
    private readonly PictureShift? _shift;
    private readonly ulong _seed;
    private readonly Action<string> _note;
    private readonly Queue<string> _notes = new();
    private readonly Thread _thread;
    private readonly StreamPosition _start;
    private long _filled;
    private long _taken;
    private ExceptionDispatchInfo? _failure;
    private bool _closed;

    /// <summary>A stream; reading begins at once.</summary>
    /// <param name="dataset">The dataset.</param>
    /// <param name="selection">The episodes that take part.</param>
    /// <param name="options">How to read.</param>
    /// <param name="start">Where to go on; the default is the beginning.</param>
    /// <param name="note">Told, on the thread that calls <see cref="Next"/>, what was left out.</param>
    /// <exception cref="DatasetException">No episode is chosen, or a shard is larger than the memory allows.</exception>
    public TransitionStream(Dataset dataset, EpisodeSelection selection, StreamOptions options, StreamPosition start, Action<string> note)
    {
        ArgumentNullException.ThrowIfNull(dataset);
        ArgumentNullException.ThrowIfNull(selection);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(note);
        _note = note;
        _start = start;
        _seed = options.Seed;
        _shift = options.Shift > 0 && PictureShift.Suits(dataset.Layout) ? new PictureShift(dataset.Layout, options.Shift) : null;
        _window = new ShardWindow(dataset, selection, options, Remember);
        for (int i = 0; i < Slots; i++)
        {
            _slots[i] = new TransitionBatch(dataset.Layout, options.Batch);
        }

        Position = start;
        _thread = new Thread(Feed) { IsBackground = true, Name = "dataset reader" };
        _thread.Start();
    }

    /// <summary>Where the stream stands after the batch that <see cref="Next"/> gave last.</summary>
    public StreamPosition Position { get; private set; }

    /// <summary>Whether everything that is read stays in memory.</summary>
    public bool IsResident => _window.IsResident;

    /// <summary>The next batch.</summary>
    /// <returns>The batch, valid until the next call.</returns>
    /// <exception cref="DatasetException">A shard is damaged or missing.</exception>
    public TransitionBatch Next()
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_closed, this);
            if (_taken > 0)
            {
                Monitor.PulseAll(_gate); // the batch before is free now
            }

            _taken++;
            while (_filled < _taken && _failure is null)
            {
                Monitor.Wait(_gate);
            }

            while (_notes.TryDequeue(out string? line))
            {
                _note(line);
            }

            if (_filled < _taken)
            {
                _taken--;
                _failure!.Throw(); // else the loop above would go on waiting
            }

            TransitionBatch batch = _slots[(_taken - 1) % Slots];
            Position = batch.After;
            return batch;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_gate)
        {
            _closed = true;
            Monitor.PulseAll(_gate);
        }

        _thread.Join();
        _window.Close();
    }

    private void Remember(string line)
    {
        lock (_gate)
        {
            _notes.Enqueue(line);
        }
    }

    private void Feed()
    {
        try
        {
            StreamPosition position = _start;
            _window.GoTo(position.Epoch, position.Group);
            for (long number = 0; WaitForRoom(number); number++)
            {
                position = Fill(_slots[number % Slots], position);
                lock (_gate)
                {
                    _filled = number + 1;
                    Monitor.PulseAll(_gate);
                }
            }
        }
        catch (Exception failure)
        {
            // Whatever it is, it belongs to the thread that waits for a batch.
            lock (_gate)
            {
                _failure = ExceptionDispatchInfo.Capture(failure);
                Monitor.PulseAll(_gate);
            }
        }
    }

    // The slot of batch n is free when batch n − Slots is no longer in use, that is when n − Slots + 2 have been asked for.
    private bool WaitForRoom(long number)
    {
        lock (_gate)
        {
            while (!_closed && number - Slots + 1 >= _taken)
            {
                Monitor.Wait(_gate);
            }

            return !_closed;
        }
    }

    private StreamPosition Fill(TransitionBatch batch, StreamPosition position)
    {
        int empty = 0;
        for (int place = 0; place < batch.Count;)
        {
            if (position.Offset >= _window.Count)
            {
                empty = _window.Count == 0 ? empty + 1 : 0;
                position = position.Group + 1 < _window.Groups ? new StreamPosition(position.Epoch, position.Group + 1, 0) : new StreamPosition(position.Epoch + 1, 0, 0);
                if (empty > _window.Groups)
                {
                    throw new DatasetException("Every shard of the dataset is damaged or missing, so that nothing is left to read. Copy or collect it again.");
                }

                _window.GoTo(position.Epoch, position.Group);
                continue;
            }

            _window.Copy(position.Offset, batch, place);
            if (_shift is not null)
            {
                batch.Move(place, _shift, StreamKey.Mix(_seed, (ulong)position.Epoch, (ulong)position.Group, (ulong)position.Offset));
            }

            place++;
            position = position with { Offset = position.Offset + 1 };
        }

        batch.After = position;
        return position;
    }
}
