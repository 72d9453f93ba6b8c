using Gymkhana.Core.Randomness;
using Gymkhana.Learning.Datasets;
using Gymkhana.Learning.Networks;
using Gymkhana.Tensors;
using Gymkhana.Tensors.Optimizers;

namespace Gymkhana.Learning.Offline;

/// <summary>What a policy is estimated to be worth without entering the world.</summary>
/// <param name="Value">Mean over the dataset's first observations of Q(s, π(s)): the expected discounted return.</param>
/// <param name="DataValue">Mean discounted return of the dataset's own episodes, to compare it with.</param>
/// <param name="Starts">How many first observations it is the mean of.</param>
/// <param name="Agreement">Share of the transitions learned from on which the policy does what the data did; far below, the estimate is extrapolated.</param>
public sealed record ValueEstimate(double Value, double DataValue, int Starts, double Agreement);

/// <summary>
/// Fitted Q evaluation (Le, Voloshin and Yue 2019, arXiv 1903.08738): learns from the dataset the values of a policy that is
/// given, y = r + γ (1 − terminated) Q'(s', π(s')), and reads off what it is worth where episodes begin.
/// </summary>
public sealed class FittedQEvaluation
{
    private const int MostStarts = 1024;

    private readonly Dataset _dataset;
    private readonly OfflinePolicy _policy;
    private readonly OfflineSettings _settings;
    private readonly ulong _seed;
    private readonly Action<string> _note;
    private readonly Tape _tape;
    private readonly ActionNetwork _network;
    private readonly TargetNetwork _target;
    private readonly Adam _adam;
    private readonly int[] _chosen;
    private readonly float[] _wanted;

    /// <summary>An evaluation at its beginning.</summary>
    /// <param name="dataset">The dataset; best one of episodes that the policy was not learned from.</param>
    /// <param name="policy">The policy.</param>
    /// <param name="settings">Batch, learning rate, discount, target and memory.</param>
    /// <param name="seed">Seed of weights and order.</param>
    /// <param name="threads">Threads that share the work; they change no result.</param>
    /// <param name="note">Told what a person should know.</param>
    /// <exception cref="DatasetException">The policy sees or does something else than the dataset holds.</exception>
    public FittedQEvaluation(Dataset dataset, OfflinePolicy policy, OfflineSettings settings, ulong seed, int threads, Action<string> note)
    {
        ArgumentNullException.ThrowIfNull(dataset);
        ArgumentNullException.ThrowIfNull(policy);
        ArgumentNullException.ThrowIfNull(settings);
        _dataset = dataset;
        _policy = policy;
        _settings = settings;
        _seed = seed;
        _note = note;
        ActionNetworkDescription acting = policy.Network.Description;
        if (acting.IsPixels != dataset.Layout.IsPixels || acting.ObservationSize != dataset.Layout.ObservationSize || acting.Actions < dataset.Actions)
        {
            throw new DatasetException($"'{policy.Name}' sees [{string.Join(", ", acting.Observation)}] and has {acting.Actions} actions, but '{dataset.Path}' holds {dataset.Layout} and {dataset.Actions} actions. Give the dataset of its world.");
        }

        _tape = new Tape(threads);
        _network = new ActionNetwork(acting with { Heads = ActionHeads.Values, Hidden = settings.Hidden ?? acting.Hidden }, new KeyedStream(seed, 1, StreamPurpose.Initialization));
        _target = new TargetNetwork(_network, settings);
        _adam = new Adam(_network.TrainableParameters, settings.LearningRate, epsilon: settings.AdamEpsilon);
        _chosen = new int[settings.Batch];
        _wanted = new float[settings.Batch];
    }

    /// <summary>Learns the values and reads off the estimate.</summary>
    /// <param name="updates">Updates, at least 1.</param>
    /// <param name="advanced">Told how many are done, now and then.</param>
    /// <param name="cancellation">Stops it between two updates.</param>
    /// <returns>The estimate.</returns>
    public ValueEstimate Run(int updates, Action<int> advanced, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(advanced);
        ArgumentOutOfRangeException.ThrowIfLessThan(updates, 1);
        (EpisodeSelection all, _) = EpisodeSelection.Split(_dataset, _seed, 0);
        var options = new StreamOptions(_settings.Batch, _settings.MemoryBytes, _seed, _settings.Reading.SkipDamaged);
        long same = 0;
        using (var stream = new TransitionStream(_dataset, all, options, default, _note))
        {
            for (int update = 1; update <= updates; update++)
            {
                cancellation.ThrowIfCancellationRequested();
                _adam.LearningRate = _settings.LearningRate * (1 - (0.9 * (update - 1) / updates));
                same += Update(stream.Next());
                if (update % 100 == 0)
                {
                    advanced(update);
                }
            }
        }

        (double value, int starts) = ValueOfStarts();
        return new ValueEstimate(value, DataValue(), starts, (double)same / ((long)updates * _settings.Batch));
    }

    // Returns on how many transitions the policy does what the data did.
    private int Update(TransitionBatch batch)
    {
        Shape column = new(batch.Count, 1);
        _tape.Recording = false;
        int same = 0;
        Act(Input(batch.StatePixels, batch.States, batch.Count));
        for (int i = 0; i < batch.Count; i++)
        {
            same += _chosen[i] == batch.Actions[i] ? 1 : 0;
        }

        NetworkInput next = Input(batch.NextPixels, batch.NextStates, batch.Count);
        Act(next);
        _target.Price(batch, next, _chosen, _wanted);
        _tape.Recording = true;
        (Tensor values, _) = _network.Forward(Input(batch.StatePixels, batch.States, batch.Count), ActionHeads.Values);
        Tensor loss = values.Gather(1, _tape.Indices(column, batch.Actions)).SmoothL1Loss(_tape.Constant(column, _wanted));
        _network.ClearGradients();
        _tape.Backward(loss);
        _adam.Step(_tape);
        _target.Follow();
        _tape.Reset();
        return same;
    }

    private void Act(NetworkInput input)
    {
        (Tensor values, Tensor logits) = _policy.Network.Forward(input, _policy.Rule.Heads);
        _policy.Rule.Choose(values, logits, _chosen);
    }

    // Shards are read one at a time; of many episodes the first of each shard come before the second ones.
    private (double Value, int Starts) ValueOfStarts()
    {
        int each = Math.Max(1, MostStarts / _dataset.Shards.Length);
        var batch = new TransitionBatch(_dataset.Layout, _settings.Batch);
        double sum = 0;
        int starts = 0, filled = 0;
        foreach (DatasetShard shard in _dataset.Shards)
        {
            ShardContent content;
            try
            {
                content = shard.Load();
            }
            catch (DatasetException) when (_settings.Reading.SkipDamaged)
            {
                continue; // the stream has said so
            }

            foreach (EpisodeSummary episode in shard.Episodes.Take(each))
            {
                batch.Set(filled++, content, episode.Start);
                starts++;
                if (filled == batch.Count)
                {
                    sum += ValueOf(batch, filled);
                    filled = 0;
                }
            }
        }

        sum += filled > 0 ? ValueOf(batch, filled) : 0;
        return (sum / (starts * _settings.RewardScale), starts);
    }

    private double ValueOf(TransitionBatch batch, int count)
    {
        _tape.Recording = false;
        NetworkInput input = Input(batch.StatePixels, batch.States, batch.Count);
        Act(input);
        ReadOnlySpan<float> values = _network.Forward(input, ActionHeads.Values).Values.Values;
        double sum = 0;
        for (int i = 0; i < count; i++)
        {
            sum += values[(i * _network.Description.Actions) + _chosen[i]];
        }

        _tape.Reset();
        _tape.Recording = true;
        return sum;
    }

    private double DataValue()
    {
        double sum = 0;
        long episodes = 0;
        foreach (DatasetShard shard in _dataset.Shards)
        {
            foreach (double value in shard.DiscountedReturns(_settings.Discount))
            {
                sum += value;
                episodes++;
            }
        }

        return sum / episodes;
    }

    private NetworkInput Input(ReadOnlyMemory<byte> pixels, ReadOnlySpan<float> numbers, int count)
    {
        ReadOnlySpan<int> observation = _network.Description.Observation;
        Shape shape = observation.Length == 3 ? new Shape(count, observation[0], observation[1], observation[2]) : new Shape(count, observation[0]);
        return _network.Description.IsPixels
            ? new NetworkInput(_tape, new PixelTensor(pixels, shape, PixelBody.PixelOffset, PixelBody.PixelScale))
            : new NetworkInput(_tape.Constant(shape, numbers));
    }
}
