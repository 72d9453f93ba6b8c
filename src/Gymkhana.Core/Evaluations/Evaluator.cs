using System.Collections.Immutable;
using System.Runtime.ExceptionServices;
using Gymkhana.Core.Environments;
using Gymkhana.Core.Policies;

namespace Gymkhana.Core.Evaluations;

/// <summary>
/// Plays policies on given episodes: one episode for each seed, in batches spread over threads. The results are the same bits at any
/// number of threads and any batch size, as a copy's first episode depends on its seed and its actions only.
/// </summary>
public static class Evaluator
{
    /// <summary>Copies stepped together, at most, unless the caller says otherwise.</summary>
    public const int DefaultBatchSize = 64;

    /// <summary>Plays a policy, which acts for every group of agents; the report is that of the first.</summary>
    /// <param name="create">Makes a batch of that many copies; called from several threads.</param>
    /// <param name="policy">What acts.</param>
    /// <param name="seeds">One seed for each episode, at least one.</param>
    /// <param name="threads">How many threads may work, at least 1.</param>
    /// <param name="cancellation">Stops the evaluation between two steps.</param>
    /// <returns>The scores, in the order of the seeds.</returns>
    /// <exception cref="PolicyMismatchException">The policy does not fit.</exception>
    /// <exception cref="GymkhanaException">An episode outlasts the limit that the environment states.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public static EvaluationReport Evaluate(Func<int, IEnvironment> create, IPolicy policy, ReadOnlySpan<ulong> seeds, int threads, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(create);
        return Evaluate(create, [.. Enumerable.Repeat(policy, create(1).Groups.Length)], seeds, threads, DefaultBatchSize, cancellation);
    }

    /// <summary>Plays one policy for each group of agents; the report is that of the first.</summary>
    /// <param name="create">Makes a batch of that many copies; called from several threads.</param>
    /// <param name="policies">What acts, one for each group.</param>
    /// <param name="seeds">One seed for each episode, at least one.</param>
    /// <param name="threads">How many threads may work, at least 1.</param>
    /// <param name="batchSize">Copies stepped together, at most.</param>
    /// <param name="cancellation">Stops the evaluation between two steps.</param>
    /// <returns>The scores, in the order of the seeds.</returns>
    /// <exception cref="PolicyMismatchException">A policy does not fit, or there are not as many as groups.</exception>
    /// <exception cref="GymkhanaException">An episode outlasts the limit that the environment states.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public static EvaluationReport Evaluate(
        Func<int, IEnvironment> create,
        IReadOnlyList<IPolicy> policies,
        ReadOnlySpan<ulong> seeds,
        int threads,
        int batchSize = DefaultBatchSize,
        CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(create);
        ArgumentNullException.ThrowIfNull(policies);
        ArgumentOutOfRangeException.ThrowIfLessThan(threads, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(batchSize, 1);
        if (seeds.IsEmpty)
        {
            throw new ArgumentException("An evaluation needs at least one episode seed, got none.", nameof(seeds));
        }

        ulong[] all = seeds.ToArray();
        var results = new EpisodeResult[all.Length];
        int chunks = (all.Length + batchSize - 1) / batchSize;
        var tables = new Table?[Math.Min(threads, chunks)];

        // Made here, so that a policy that does not fit says so at once.
        tables[0] = new Table(create(Math.Min(batchSize, all.Length)), policies);
        EnvironmentSpec spec = tables[0]!.Environment.Spec;

        // Worker w takes chunks w, w + workers, ...: which worker plays a chunk changes nothing in it.
        void Work(int worker)
        {
            for (int chunk = worker; chunk < chunks; chunk += tables.Length)
            {
                int first = chunk * batchSize;
                int count = Math.Min(batchSize, all.Length - first);
                if (tables[worker] is not Table table || table.Environment.Count != count)
                {
                    tables[worker] = table = new Table(create(count), policies);
                }

                table.Play(all.AsSpan(first, count), results.AsSpan(first, count), cancellation);
            }
        }

        if (tables.Length == 1)
        {
            Work(0);
        }
        else
        {
            RunAll(tables.Length, Work);
        }

        return new EvaluationReport(spec, string.Join(" + ", policies.Distinct().Select(p => p.Name)), ImmutableArray.Create(results));
    }

    private static void RunAll(int workers, Action<int> work)
    {
        try
        {
            Parallel.For(0, workers, new ParallelOptions { MaxDegreeOfParallelism = workers }, work);
        }
        catch (AggregateException failures)
        {
            // A person reads the line of the failure itself, not that several happened.
            ExceptionDispatchInfo.Throw(failures.InnerExceptions[0]);
        }
    }

    /// <summary>One batch with its actors.</summary>
    private sealed class Table
    {
        private readonly IActor[] _actors;
        private readonly EpisodeTracker _tracker;

        public Table(IEnvironment environment, IReadOnlyList<IPolicy> policies)
        {
            if (policies.Count != environment.Groups.Length)
            {
                string groups = string.Join(", ", environment.Groups.Select(g => g.Name));
                throw new PolicyMismatchException(
                    $"{environment.Spec.Id} has {environment.Groups.Length} groups of agents ({groups}) and needs a policy for each, got {policies.Count}.");
            }

            Environment = environment;
            _actors = [.. policies.Select((policy, group) => policy.CreateActor(environment, group))];
            _tracker = new EpisodeTracker(environment);
        }

        public IEnvironment Environment { get; }

        public void Play(ReadOnlySpan<ulong> seeds, Span<EpisodeResult> results, CancellationToken cancellation)
        {
            Environment.Reset(seeds);
            _tracker.Reset();
            foreach (IActor actor in _actors)
            {
                actor.Reset(seeds);
            }

            results.Clear();
            int open = seeds.Length;
            for (int step = 1; open > 0; step++)
            {
                cancellation.ThrowIfCancellationRequested();
                if (step > Environment.Spec.MaxEpisodeSteps)
                {
                    throw new GymkhanaException(
                        $"{Environment.Spec.Id} states that episodes end within {Environment.Spec.MaxEpisodeSteps} steps, but {open} of {seeds.Length} went on; run its conformance checks.");
                }

                foreach (IActor actor in _actors)
                {
                    actor.Act();
                }

                Environment.Step();
                _tracker.Observe();
                open -= Collect(seeds, results);
            }
        }

        // Takes down the first episodes that the last step ended; returns how many.
        private int Collect(ReadOnlySpan<ulong> seeds, Span<EpisodeResult> results)
        {
            int collected = 0;
            for (int copy = 0; copy < seeds.Length; copy++)
            {
                if (!_tracker.Ended[copy])
                {
                    continue;
                }

                foreach (IActor actor in _actors)
                {
                    actor.EpisodeEnded(copy);
                }

                if (results[copy] is null)
                {
                    results[copy] = ResultOf(copy, seeds[copy]);
                    collected++;
                }
            }

            return collected;
        }

        private EpisodeResult ResultOf(int copy, ulong seed)
        {
            var figures = ImmutableArray.CreateBuilder<double>(Environment.Figures.Features);
            for (int i = 0; i < Environment.Figures.Features; i++)
            {
                figures.Add(Environment.Figures[0, i, copy]);
            }

            var returns = ImmutableArray.CreateBuilder<double>(Environment.Groups.Length);
            for (int group = 0; group < Environment.Groups.Length; group++)
            {
                returns.Add(_tracker.Returns(group)[copy]);
            }

            bool terminated = _tracker.Terminated[copy];
            return new EpisodeResult(seed, returns[0], _tracker.Lengths[copy], terminated, !terminated, figures.MoveToImmutable(), returns.MoveToImmutable());
        }
    }
}
