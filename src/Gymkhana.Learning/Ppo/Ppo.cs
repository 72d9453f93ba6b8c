using Gymkhana.Core.Environments;
using Gymkhana.Core.Randomness;
using Gymkhana.Learning.Buffers;
using Gymkhana.Learning.Networks;
using Gymkhana.Tensors;
using Gymkhana.Tensors.Optimizers;
using Gymkhana.Tensors.Statistics;

namespace Gymkhana.Learning.Ppo;

/// <summary>
/// Proximal policy optimisation (Schulman et al. 2017). One update: the actor plays a rollout, the advantages of what it did are estimated,
/// and actor and critic learn from it for some epochs of minibatches, while the clipped ratio keeps the actor near what it was.
/// Described in docs/algorithms/ppo.md.
/// </summary>
/// <remarks>It knows nothing of champions or files (<see cref="PpoTrainer"/>). The same settings and seed give the same bits at any number of threads.</remarks>
public sealed class Ppo
{
    private const double KlMargin = 1.5;
    private readonly PpoSettings _settings;
    private readonly ulong _seed;
    private readonly Tape _tape;
    private readonly Adam _adam;
    private readonly RolloutCollector _collector;
    private readonly RewardScale _rewardScale;
    private readonly RunningMeanVariance? _seen;
    private readonly Minibatch _minibatch;
    private readonly KeyedStream _shuffling;
    private readonly int[] _order;

    /// <summary>A learner with first weights.</summary>
    /// <param name="settings">The settings.</param>
    /// <param name="create">Makes a batch of so many copies of the environment.</param>
    /// <param name="seed">The seed of the run.</param>
    /// <param name="threads">How many threads may work, at least 1.</param>
    public Ppo(PpoSettings settings, Func<int, IEnvironment> create, ulong seed, int threads)
    {
        ArgumentNullException.ThrowIfNull(settings);
        _settings = settings;
        _seed = seed;
        Network = new ActorCritic(settings.Network, new KeyedStream(seed, 0, StreamPurpose.Initialization));
        _collector = new RolloutCollector(create, Network, settings.Steps, settings.Copies, settings.RestartSteps, seed, threads);
        _rewardScale = new RewardScale(settings.RewardScale, settings.NormalizesRewards, settings.Discount, settings.Copies);
        _seen = Network.Normalizer is null ? null : new RunningMeanVariance(settings.Network.ObservationSize);
        _adam = new Adam(Network.TrainableParameters, settings.LearningRate, epsilon: settings.AdamEpsilon);
        _tape = new Tape(threads);
        _minibatch = new Minibatch(Network, (_collector.Buffer.Count + settings.Minibatches - 1) / settings.Minibatches);
        _shuffling = new KeyedStream(seed, 0, StreamPurpose.Sampling);
        _order = new int[_collector.Buffer.Count];
    }

    /// <summary>The network that learns.</summary>
    public ActorCritic Network { get; }

    /// <summary>Updates done.</summary>
    public long Update { get; private set; }

    /// <summary>The last rollout.</summary>
    public RolloutBuffer Rollout => _collector.Buffer;

    /// <summary>Told of every transition, or null.</summary>
    public ITransitionRecorder? Recorder
    {
        get => _collector.Recorder;
        set => _collector.Recorder = value;
    }

    /// <summary>One update.</summary>
    /// <returns>What it brought.</returns>
    public PpoMeasures Advance()
    {
        _adam.LearningRate = LearningRateSchedule.Linear(_settings.LearningRate, _settings.LearningRate * _settings.FinalRate, Update, Math.Max(1, _settings.Updates - 1));
        if (_collector.Restarts(Update))
        {
            _rewardScale.Restart();
        }

        _collector.Collect(Update);
        _rewardScale.Apply(Rollout);
        Rollout.EstimateAdvantages(_settings.Discount, _settings.Lambda);
        RememberProbabilities();
        double explained = ExplainedVariance.Of(Rollout.Returns, Rollout.Values);
        PpoMeasures measures = Learn() with { ExplainedVariance = explained, LearningRate = _adam.LearningRate };
        if (_seen is not null)
        {
            _seen.Update(Rollout.Observations.Numbers(0, Rollout.Count));
            Network.Normalizer!.Take(_seen); // the network has one when figures are kept
        }

        Update++;
        return measures;
    }

    /// <summary>One gradient step.</summary>
    /// <param name="batch">The transitions.</param>
    /// <param name="mayStop">Whether a policy that has moved too far ends it before the step.</param>
    /// <returns>What the loss was; Steps is 0 where it was ended.</returns>
    public PpoMeasures LearnFrom(Minibatch batch, bool mayStop)
    {
        PpoLoss loss = PpoLoss.Of(_tape, Network, batch, _settings);
        var measures = new PpoMeasures
        {
            Steps = 1,
            PolicyLoss = loss.Policy.Scalar,
            ValueLoss = loss.Value.Scalar,
            Entropy = loss.Entropy.Scalar,
            ApproximateKl = loss.ApproximateKl(),
            ClipFraction = loss.ClipFraction(_settings.Clip),
        };
        if (mayStop && _settings.TargetKl > 0 && measures.ApproximateKl > KlMargin * _settings.TargetKl)
        {
            _tape.Reset();
            return measures with { Steps = 0 };
        }

        _adam.ClearGradients();
        _tape.Backward(loss.Total);
        double norm = _settings.MaxGradient > 0
            ? GradientClipping.ByGlobalNorm(Network.TrainableParameters, _settings.MaxGradient)
            : GradientClipping.GlobalNorm(Network.TrainableParameters);

        // A gradient that is no number would make the network useless for good.
        if (double.IsFinite(norm))
        {
            _adam.Step(_tape);
        }

        _tape.Reset();
        return measures with { GradientNorm = norm };
    }

    /// <summary>Writes the whole state.</summary>
    /// <param name="writer">Where to.</param>
    public void Save(BinaryWriter writer)
    {
        ArgumentNullException.ThrowIfNull(writer);
        writer.Write(Update);
        Network.Save(writer);
        _adam.Save(writer);
        _seen?.Save(writer);
        _rewardScale.Save(writer);
        _collector.Save(writer);
    }

    /// <summary>Reads what <see cref="Save"/> of a learner of the same settings and seed wrote.</summary>
    /// <param name="reader">Where from.</param>
    public void Load(BinaryReader reader)
    {
        ArgumentNullException.ThrowIfNull(reader);
        Update = reader.ReadInt64();
        Network.Load(reader);
        _adam.Load(reader);
        _seen?.Load(reader);
        _rewardScale.Load(reader);
        _collector.Load(reader, Update);
    }

    // By the same operations as the loss, so that the ratio is 1 until something is learned.
    private void RememberProbabilities()
    {
        _tape.Recording = false;
        Tensor outputs = _tape.Constant(new Shape(Rollout.Count, Network.Head.Outputs), Rollout.Outputs);
        Network.Head.Evaluate(outputs, Rollout.Drawn).LogProbability.Values.CopyTo(Rollout.LogProbabilities);
        _tape.Reset();
        _tape.Recording = true;
    }

    private PpoMeasures Learn()
    {
        for (int i = 0; i < _order.Length; i++)
        {
            _order[i] = i;
        }

        _shuffling.Rekey(_seed, (ulong)Update, StreamPurpose.Sampling);
        PpoMeasures sum = default;
        for (int epoch = 0; epoch < _settings.Epochs; epoch++)
        {
            _shuffling.Shuffle(_order.AsSpan());
            for (int part = 0; part < _settings.Minibatches; part++)
            {
                int first = Boundary(part), end = Boundary(part + 1);
                _minibatch.Gather(Rollout, _order.AsSpan(first, end - first), Network.Normalizer);
                PpoMeasures measures = LearnFrom(_minibatch, mayStop: sum.Steps > 0);
                if (measures.Steps == 0)
                {
                    return sum.Mean();
                }

                sum = sum.Plus(measures);
            }
        }

        return sum.Mean();
    }

    private int Boundary(int part) => (int)((long)_order.Length * part / _settings.Minibatches);
}
