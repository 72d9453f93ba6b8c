using Gymkhana.Core.Environments;
using Gymkhana.Core.Randomness;
using Gymkhana.Tensors;
using Gymkhana.Tensors.Optimizers;
using Gymkhana.Tensors.Statistics;

namespace Gymkhana.Learning.MultiAgent;

/// <summary>
/// PPO of teams (Yu et al., "The Surprising Effectiveness of PPO in Cooperative Multi-Agent Games", 2022). One update: the team plays a
/// rollout in which the agents of a class act by one actor and talk over the links there are; critics that see the whole state say what
/// was to be expected; actors, critics and what is said learn from it for some epochs. Messages are made anew in every epoch, so that
/// learning reaches those who speak. Described in docs/algorithms/mappo.md.
/// </summary>
/// <remarks>
/// Independent PPO is the same with critics that see what their agents see and without messages; REINFORCE has no critic, so that an
/// advantage is a return, and learns once from each rollout, where the clipped loss has the gradient of −A ln π. The same settings and
/// seed give the same bits at any number of threads.
/// </remarks>
public sealed class Mappo
{
    private readonly MappoSettings _settings;
    private readonly ulong _seed;
    private readonly int _threads;
    private readonly Tape _tape;
    private readonly Adam _adam;
    private readonly TeamSquad[] _squads;
    private readonly TeamWorker[] _workers;
    private readonly RunningMeanVariance[] _scales;
    private readonly KeyedStream _shuffling;
    private readonly TeamMeasures[] _measures;
    private readonly int _rolloutsPerPeriod;

    /// <summary>A learner with first weights, of one composition of the team.</summary>
    /// <param name="settings">The settings.</param>
    /// <param name="create">Makes a batch of so many copies of the environment.</param>
    /// <param name="seed">The seed of the run.</param>
    /// <param name="threads">How many threads may work, at least 1.</param>
    public Mappo(MappoSettings settings, Func<int, IEnvironment> create, ulong seed, int threads)
        : this(settings, [create], seed, threads)
    {
    }

    /// <summary>A learner with first weights, of several compositions, among which the copies are divided evenly.</summary>
    /// <param name="settings">The settings.</param>
    /// <param name="compositions">For each composition, what makes a batch of so many copies of the environment.</param>
    /// <param name="seed">The seed of the run.</param>
    /// <param name="threads">How many threads may work, at least 1.</param>
    public Mappo(MappoSettings settings, IReadOnlyList<Func<int, IEnvironment>> compositions, ulong seed, int threads)
    {
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(compositions);
        ArgumentOutOfRangeException.ThrowIfLessThan(threads, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(settings.Copies, compositions.Count);
        (_settings, _seed, _threads) = (settings, seed, threads);
        Network = new TeamNetwork(settings.Team, new KeyedStream(seed, 0, StreamPurpose.Initialization));
        _rolloutsPerPeriod = (settings.RestartSteps + settings.Steps - 1) / settings.Steps;
        int First(int squad) => (int)((long)settings.Copies * squad / compositions.Count);
        _squads = [.. compositions.Select((create, i) => new TeamSquad(settings, Network, create, First(i), First(i + 1) - First(i), threads, _rolloutsPerPeriod))];
        _workers = [.. _squads.SelectMany(s => s.Workers)];
        _scales = [.. settings.Team.Classes.Select(_ => new RunningMeanVariance(1))];
        _measures = new TeamMeasures[settings.Team.Classes.Length];
        _adam = new Adam(Network.TrainableParameters, settings.LearningRate, epsilon: settings.AdamEpsilon);
        _tape = new Tape(threads);
        _shuffling = new KeyedStream(seed, 0, StreamPurpose.Sampling);
    }

    /// <summary>The networks that learn.</summary>
    public TeamNetwork Network { get; }

    /// <summary>Updates done.</summary>
    public long Update { get; private set; }

    /// <summary>Adam's learning rate in the last update.</summary>
    public double LearningRate => _adam.LearningRate;

    internal IReadOnlyList<TeamSquad> Squads => _squads;

    private bool IsJudged => _settings.Team.HasCritic;

    private float EntropyWeight => (float)LearningRateSchedule.Linear(_settings.EntropyWeight, _settings.EntropyWeight * _settings.FinalEntropy, Update, Math.Max(1, _settings.Updates - 1));

    /// <summary>One update.</summary>
    /// <returns>What it brought, for each class.</returns>
    public IReadOnlyList<TeamMeasures> Advance()
    {
        _adam.LearningRate = LearningRateSchedule.Linear(_settings.LearningRate, _settings.LearningRate * _settings.FinalRate, Update, Math.Max(1, _settings.Updates - 1));
        Array.Clear(_measures);
        Collect();
        foreach (TeamSquad squad in _squads)
        {
            EstimateAdvantages(squad);
        }

        NormalizeReturns();
        Learn();
        for (int c = 0; c < _measures.Length; c++)
        {
            _measures[c] = _measures[c].Mean(_squads.Count(s => s.Layout.Members.Any(m => m.Class == c)), _settings.Epochs * _settings.Minibatches);
        }

        Update++;
        return _measures;
    }

    /// <summary>Writes the whole state.</summary>
    /// <param name="writer">Where to.</param>
    public void Save(BinaryWriter writer)
    {
        ArgumentNullException.ThrowIfNull(writer);
        writer.Write(Update);
        Network.Save(writer);
        _adam.Save(writer);
        foreach (RunningMeanVariance scale in _scales)
        {
            scale.Save(writer);
        }

        foreach (TeamSquad squad in _squads)
        {
            squad.Save(writer);
        }
    }

    /// <summary>Reads what <see cref="Save"/> of a learner of the same settings and seed wrote.</summary>
    /// <param name="reader">Where from.</param>
    public void Load(BinaryReader reader)
    {
        ArgumentNullException.ThrowIfNull(reader);
        Update = reader.ReadInt64();
        Network.Load(reader);
        _adam.Load(reader);
        foreach (RunningMeanVariance scale in _scales)
        {
            scale.Load(reader);
        }

        foreach (TeamSquad squad in _squads)
        {
            squad.Load(reader);
        }

        if (Update % _rolloutsPerPeriod != 0)
        {
            OnAll(worker =>
            {
                worker.Restart(_seed, Update / _rolloutsPerPeriod);
                _squads.First(s => s.Workers.Contains(worker)).Replay(worker);
            });
        }
    }

    private void Collect()
    {
        bool restart = Update % _rolloutsPerPeriod == 0;
        foreach (TeamSquad squad in _squads)
        {
            squad.Rollout.Moments.KeepLast(squad.Rollout.Before);
        }

        OnAll(worker =>
        {
            if (restart)
            {
                worker.Restart(_seed, Update / _rolloutsPerPeriod);
            }

            worker.Play(_seed, Update, IsJudged);
        });
        foreach (TeamSquad squad in _squads)
        {
            squad.Log(restart);
        }
    }

    // Advantages are of mean 0 and deviation 1 by class and composition.
    private void EstimateAdvantages(TeamSquad squad)
    {
        foreach (MemberRollout member in squad.Rollout.Members)
        {
            int kind = member.Members.Class;
            Denormalize(member.Outputs, member.Values, _scales[kind]);
            Denormalize(member.FinalValues, member.FinalValues, _scales[kind]);
            Denormalize(member.NextValues, member.NextValues, _scales[kind]);
            member.EstimateAdvantages(_settings.Discount, _settings.Lambda);
            _measures[kind] = _measures[kind].Plus(ExplainedVariance.Of(member.Returns, member.Values));
            member.NormalizeAdvantages();
        }
    }

    // What critics learn is in units of the running deviation of all returns of the class, from their running mean.
    private void NormalizeReturns()
    {
        if (!IsJudged)
        {
            return;
        }

        IEnumerable<MemberRollout> members = _squads.SelectMany(s => s.Rollout.Members);
        foreach (MemberRollout member in members)
        {
            _scales[member.Members.Class].Update(member.Returns);
        }

        foreach (MemberRollout member in members)
        {
            _scales[member.Members.Class].Normalize(member.Returns, member.Returns, limit: double.PositiveInfinity);
        }
    }

    private void Learn()
    {
        foreach (TeamSquad squad in _squads)
        {
            squad.Sort();
        }

        _shuffling.Rekey(_seed, (ulong)Update, StreamPurpose.Sampling);
        for (int epoch = 0; epoch < _settings.Epochs; epoch++)
        {
            foreach (TeamSquad squad in _squads)
            {
                _shuffling.Shuffle(squad.Order);
            }

            for (int part = 0; part < _settings.Minibatches; part++)
            {
                LearnFrom(part);
            }
        }
    }

    // One gradient step on some moments of each composition, each moment weighing the same.
    private void LearnFrom(int part)
    {
        _adam.ClearGradients();
        int moments = _squads.Sum(s => s.MomentsIn(part));
        foreach (TeamSquad squad in _squads.Where(s => s.MomentsIn(part) > 0))
        {
            _tape.Backward(LossOf(squad, part, (float)squad.MomentsIn(part) / moments));
            _tape.Reset();
        }

        double norm = _settings.MaxGradient > 0
            ? GradientClipping.ByGlobalNorm(Network.TrainableParameters, _settings.MaxGradient)
            : GradientClipping.GlobalNorm(Network.TrainableParameters);

        // A gradient that is no number would make the networks useless for good.
        if (double.IsFinite(norm))
        {
            _adam.Step(_tape);
        }

        _tape.Reset();
    }

    // The classes' losses, weighted by their agents.
    private Tensor LossOf(TeamSquad squad, int part, float share)
    {
        ReadOnlySpan<int> moments = squad.Gather(part);
        TeamNetwork.TeamTensors roomForOutputs = default, roomForValues = default;
        Span<Tensor> outputs = roomForOutputs, values = roomForValues;
        Network.Act(_tape, squad.Rows, outputs, out _);
        if (IsJudged)
        {
            Network.Judge(_tape, squad.Rows, values);
        }

        Tensor total = default;
        for (int m = 0; m < squad.Rollout.Members.Length; m++)
        {
            Tensor loss = LossOf(squad, m, moments, outputs[m], values[m]) * ((float)squad.Layout.Members[m].Agents / squad.Layout.Agents * share);
            total = m == 0 ? loss : total + loss;
        }

        return total;
    }

    // With r = π / π_old and A normalised by class: mean of max(−A r, −A clip(r)), less entropy, plus Huber's loss of normalised values or of the values clipped
    // near what they were, whichever is larger.
    private Tensor LossOf(TeamSquad squad, int m, ReadOnlySpan<int> moments, Tensor outputs, Tensor values)
    {
        MemberRollout member = squad.Rollout.Members[m];
        int kind = member.Members.Class, agents = member.Members.Agents, count = moments.Length * agents, size = Network.Heads[kind].Size;
        (Tensor logProbability, Tensor entropies) = Network.Heads[kind].Evaluate(outputs, squad.Take(member.Drawn, moments, agents * size));
        Tensor logRatio = logProbability - On(squad, member.LogProbabilities, moments, agents);
        Tensor ratio = logRatio.Exp();
        Tensor losing = -On(squad, member.Advantages, moments, agents);
        Tensor policy = (losing * ratio).Maximum(losing * ratio.Clamp(1 - _settings.Clip, 1 + _settings.Clip)).Mean();
        Tensor entropy = entropies.Mean();
        Tensor loss = policy - (entropy * EntropyWeight);
        double value = 0;
        if (IsJudged)
        {
            Tensor returns = On(squad, member.Returns, moments, agents), old = On(squad, member.Outputs, moments, agents);
            Tensor near = old + (values - old).Clamp(-_settings.Clip, _settings.Clip);
            Tensor error = values.HuberLoss(returns, _settings.HuberDelta, LossReduction.None).Maximum(near.HuberLoss(returns, _settings.HuberDelta, LossReduction.None)).Mean();
            value = error.Scalar;
            loss += error * _settings.ValueWeight;
        }

        double kl = 0, clipped = 0;
        for (int i = 0; i < count; i++)
        {
            float r = ratio.Values[i];
            kl += r - 1.0 - logRatio.Values[i];
            clipped += Math.Abs(r - 1) > _settings.Clip ? 1 : 0;
        }

        _measures[kind] = _measures[kind].Plus(policy.Scalar, value, entropy.Scalar, kl / count, clipped / count);
        return loss;
    }

    private Tensor On(TeamSquad squad, float[] source, ReadOnlySpan<int> moments, int size) => _tape.Constant(new Shape(moments.Length * size), squad.Take(source, moments, size));

    private void Denormalize(float[] normalized, float[] values, RunningMeanVariance scale)
    {
        if (!IsJudged)
        {
            return;
        }

        double mean = scale.Means[0], deviation = Math.Sqrt(scale.Variances[0] + 1e-8);
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = (float)(mean + (deviation * normalized[i]));
        }
    }

    private void OnAll(Action<TeamWorker> work)
    {
        if (_threads == 1)
        {
            Array.ForEach(_workers, work);
            return;
        }

        Parallel.ForEach(_workers, new ParallelOptions { MaxDegreeOfParallelism = _threads }, work);
    }
}
