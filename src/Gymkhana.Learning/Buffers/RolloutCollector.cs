using Gymkhana.Core;
using Gymkhana.Core.Environments;
using Gymkhana.Learning.Networks;

namespace Gymkhana.Learning.Buffers;

/// <summary>
/// Lets a network act in copies of an environment, T steps at a time. All copies are restarted with seeds of their own after every so many
/// rollouts; between two restarts their episodes follow one another. The state of the environments is therefore the number of the last
/// restart and the actions since, which a checkpoint keeps and <see cref="Load"/> plays once more.
/// </summary>
public sealed class RolloutCollector
{
    private readonly RolloutWorker[] _workers;
    private readonly ActionLog _log;
    private readonly ulong _seed;
    private readonly int _rolloutsPerPeriod;
    private readonly int[] _finalsSeen;

    /// <summary>A collector; nothing has been played.</summary>
    /// <param name="create">Makes a batch of that many copies.</param>
    /// <param name="network">What acts; its present weights are taken at each rollout.</param>
    /// <param name="steps">T.</param>
    /// <param name="copies">Copies in all.</param>
    /// <param name="restartSteps">Steps of a copy after which all are restarted, rounded up to whole rollouts.</param>
    /// <param name="seed">The seed of the run.</param>
    /// <param name="threads">How many threads may work; changes no result.</param>
    /// <exception cref="GymkhanaException">The environment has several agents.</exception>
    public RolloutCollector(Func<int, IEnvironment> create, ActorCritic network, int steps, int copies, int restartSteps, ulong seed, int threads)
    {
        ArgumentNullException.ThrowIfNull(create);
        ArgumentNullException.ThrowIfNull(network);
        ArgumentOutOfRangeException.ThrowIfLessThan(restartSteps, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(threads, 1);
        Buffer = new RolloutBuffer(network.Description, network.Head, steps, copies);
        _seed = seed;
        _rolloutsPerPeriod = (restartSteps + steps - 1) / steps;
        _log = new ActionLog(network.Description, copies, _rolloutsPerPeriod * steps);
        _workers = new RolloutWorker[Math.Min(threads, copies)];
        _finalsSeen = new int[_workers.Length];
        for (int i = 0; i < _workers.Length; i++)
        {
            int first = copies * i / _workers.Length, end = copies * (i + 1) / _workers.Length;
            _workers[i] = new RolloutWorker(create(end - first), network, Buffer, first);
        }
    }

    /// <summary>The last rollout.</summary>
    public RolloutBuffer Buffer { get; }

    /// <summary>Told of every transition, or null.</summary>
    public ITransitionRecorder? Recorder { get; set; }

    /// <summary>Whether a rollout begins with a restart of all copies.</summary>
    /// <param name="update">Number of the rollout, from 0.</param>
    /// <returns>True when it does.</returns>
    public bool Restarts(long update) => update % _rolloutsPerPeriod == 0;

    /// <summary>Plays a rollout.</summary>
    /// <param name="update">Its number, from 0, one after the other.</param>
    public void Collect(long update)
    {
        bool restart = Restarts(update);
        if (restart)
        {
            _log.Clear();
        }

        OnAll(worker =>
        {
            if (restart)
            {
                worker.Restart(_seed, update / _rolloutsPerPeriod);
            }

            worker.KeepsFinals = Recorder is not null;
            worker.Play(_seed, update);
        });
        _log.Append(Buffer.Actions);
        if (Recorder is not null)
        {
            Report(Recorder, update);
        }
    }

    /// <summary>Writes the state of the environments.</summary>
    /// <param name="writer">Where to.</param>
    public void Save(BinaryWriter writer) => _log.Save(writer);

    /// <summary>Reads what <see cref="Save"/> wrote and brings the environments to that state.</summary>
    /// <param name="reader">Where from.</param>
    /// <param name="update">Number of the next rollout.</param>
    /// <exception cref="GymkhanaException">It is of another run.</exception>
    public void Load(BinaryReader reader, long update)
    {
        _log.Load(reader);
        if (!Restarts(update))
        {
            OnAll(worker =>
            {
                worker.Restart(_seed, update / _rolloutsPerPeriod);
                worker.Replay(_log);
            });
        }
    }

    private void OnAll(Action<RolloutWorker> work)
    {
        if (_workers.Length == 1)
        {
            work(_workers[0]);
            return;
        }

        Parallel.For(0, _workers.Length, new ParallelOptions { MaxDegreeOfParallelism = _workers.Length }, i => work(_workers[i]));
    }

    private void Report(ITransitionRecorder recorder, long update)
    {
        Array.Clear(_finalsSeen);
        RolloutBuffer b = Buffer;
        int size = b.Actions.Length / b.Count;
        bool cut = Restarts(update + 1);
        for (int t = 0; t < b.Steps; t++)
        {
            int at = t * b.Copies;
            for (int w = 0; w < _workers.Length; w++)
            {
                RolloutWorker worker = _workers[w];
                for (int copy = worker.FirstCopy; copy < worker.FirstCopy + worker.Count; copy++)
                {
                    int i = at + copy;
                    bool ended = b.EpisodeLengths[i] > 0, cutOff = cut && !ended && t == b.Steps - 1;
                    (ObservationRows? rows, int row) = ended ? worker.Final(_finalsSeen[w]++) : cutOff ? worker.Next(copy) : (null, 0);
                    bool pixels = b.Observations.IsPixels;
                    recorder.Record(new Transition
                    {
                        Update = update,
                        Copy = copy,
                        Pixels = pixels ? b.Observations.Pixels(i, 1) : [],
                        Numbers = pixels ? [] : b.Observations.Numbers(i, 1),
                        Action = b.Actions.AsSpan(i * size, size),
                        Reward = b.Rewards[i],
                        Terminated = b.Terminated[i],
                        Truncated = b.Truncated[i],
                        CutOff = cutOff,
                        FinalPixels = rows is not null && pixels ? rows.Pixels(row, 1) : [],
                        FinalNumbers = rows is not null && !pixels ? rows.Numbers(row, 1) : [],
                    });
                }
            }
        }
    }
}
