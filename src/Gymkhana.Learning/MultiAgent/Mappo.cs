using Gymkhana.Core.Environments;
using Gymkhana.Core.Randomness;
using Gymkhana.Learning.Buffers;
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
    private readonly Tape _tape;
    private readonly Adam _adam;
    private readonly TeamWorker[] _workers;
    private readonly ActionLog[] _logs;
    private readonly RunningMeanVariance[] _scales;
    private readonly TeamRows _rows;
    private readonly KeyedStream _shuffling;
    private readonly int[] _order;
    private readonly int[] _places;
    private readonly float[] _gathered;
    private readonly TeamMeasures[] _measures;
    private readonly int _rolloutsPerPeriod;

    /// <summary>A learner with first weights.</summary>
    /// <param name="settings">The settings.</param>
    /// <param name="create">Makes a batch of so many copies of the environment.</param>
    /// <param name="seed">The seed of the run.</param>
    /// <param name="threads">How many threads may work, at least 1.</param>
    public Mappo(MappoSettings settings, Func<int, IEnvironment> create, ulong seed, int threads)
    {
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(create);
        ArgumentOutOfRangeException.ThrowIfLessThan(threads, 1);
        (_settings, _seed) = (settings, seed);
        Network = new TeamNetwork(settings.Team, new KeyedStream(seed, 0, StreamPurpose.Initialization));
        IEnvironment[] worlds = new IEnvironment[Math.Min(threads, settings.Copies)];
        int First(int worker) => (int)((long)settings.Copies * worker / worlds.Length);
        for (int i = 0; i < worlds.Length; i++)
        {
            worlds[i] = create(First(i + 1) - First(i));
        }

        TeamLayout[] layouts = [.. worlds.Select(w => TeamLayout.Of(settings.Team, w, "the team", withState: true))];
        Layout = layouts[0];
        Rollout = new TeamRollout(Layout, Network, settings.Steps, settings.Copies, worlds[0].Figures.Features);
        _workers = [.. worlds.Select((w, i) => new TeamWorker(w, layouts[i], Network, Rollout, First(i)))];
        _rolloutsPerPeriod = (settings.RestartSteps + settings.Steps - 1) / settings.Steps;
        _logs = [.. Layout.Members.Select(m => new ActionLog(settings.Team.Classes[m.Class].Actor, settings.Copies * m.Agents, _rolloutsPerPeriod * settings.Steps))];
        _scales = [.. Layout.Members.Select(_ => new RunningMeanVariance(1))];
        _adam = new Adam(Network.TrainableParameters, settings.LearningRate, epsilon: settings.AdamEpsilon);
        _tape = new Tape(threads);
        int most = (Rollout.Count + settings.Minibatches - 1) / settings.Minibatches;
        _rows = new TeamRows(Layout, most);
        _places = new int[most];
        _gathered = new float[most * Layout.Members.Max(m => m.Agents * Math.Max(1, Network.Heads[m.Class].Size))];
        _measures = new TeamMeasures[Layout.Members.Length];
        _shuffling = new KeyedStream(seed, 0, StreamPurpose.Sampling);
        _order = new int[Rollout.Count];
    }

    /// <summary>The networks that learn.</summary>
    public TeamNetwork Network { get; }

    /// <summary>Who learns.</summary>
    public TeamLayout Layout { get; }

    /// <summary>Updates done.</summary>
    public long Update { get; private set; }

    /// <summary>Adam's learning rate in the last update.</summary>
    public double LearningRate => _adam.LearningRate;

    internal TeamRollout Rollout { get; }

    private bool IsJudged => _settings.Team.HasCritic;

    private float EntropyWeight => (float)LearningRateSchedule.Linear(_settings.EntropyWeight, _settings.EntropyWeight * _settings.FinalEntropy, Update, Math.Max(1, _settings.Updates - 1));

    /// <summary>One update.</summary>
    /// <returns>What it brought, for each group.</returns>
    public IReadOnlyList<TeamMeasures> Advance()
    {
        _adam.LearningRate = LearningRateSchedule.Linear(_settings.LearningRate, _settings.LearningRate * _settings.FinalRate, Update, Math.Max(1, _settings.Updates - 1));
        Collect();
        for (int m = 0; m < Rollout.Members.Length; m++)
        {
            MemberRollout member = Rollout.Members[m];
            Denormalize(member.Outputs, member.Values, _scales[m]);
            Denormalize(member.FinalValues, member.FinalValues, _scales[m]);
            Denormalize(member.NextValues, member.NextValues, _scales[m]);
            member.EstimateAdvantages(_settings.Discount, _settings.Lambda);
            _measures[m] = new TeamMeasures { ExplainedVariance = ExplainedVariance.Of(member.Returns, member.Values) };
            member.NormalizeAdvantages();
            if (IsJudged)
            {
                _scales[m].Update(member.Returns);
                _scales[m].Normalize(member.Returns, member.Returns, limit: double.PositiveInfinity);
            }
        }

        Learn();
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

        foreach (ActionLog log in _logs)
        {
            log.Save(writer);
        }

        Rollout.Moments.SaveLast(writer, Rollout.Before);
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

        foreach (ActionLog log in _logs)
        {
            log.Load(reader);
        }

        Rollout.Moments.LoadLast(reader, Rollout.Before);
        if (Update % _rolloutsPerPeriod != 0)
        {
            OnAll(worker =>
            {
                worker.Restart(_seed, Update / _rolloutsPerPeriod);
                worker.Replay(_logs);
            });
        }
    }

    private void Collect()
    {
        bool restart = Update % _rolloutsPerPeriod == 0;
        Rollout.Moments.KeepLast(Rollout.Before);
        OnAll(worker =>
        {
            if (restart)
            {
                worker.Restart(_seed, Update / _rolloutsPerPeriod);
            }

            worker.Play(_seed, Update, IsJudged);
        });
        for (int m = 0; m < _logs.Length; m++)
        {
            if (restart)
            {
                _logs[m].Clear();
            }

            _logs[m].Append(Rollout.Members[m].Actions);
        }
    }

    private void Learn()
    {
        for (int i = 0; i < _order.Length; i++)
        {
            _order[i] = i;
        }

        _shuffling.Rekey(_seed, (ulong)Update, StreamPurpose.Sampling);
        int steps = 0;
        for (int epoch = 0; epoch < _settings.Epochs; epoch++)
        {
            _shuffling.Shuffle(_order.AsSpan());
            for (int part = 0; part < _settings.Minibatches; part++, steps++)
            {
                int first = Boundary(part), end = Boundary(part + 1);
                LearnFrom(_order.AsSpan(first, end - first));
            }
        }

        foreach (ref TeamMeasures measures in _measures.AsSpan())
        {
            measures = measures.DividedBy(steps);
        }
    }

    // One gradient step on some moments of the rollout.
    private void LearnFrom(ReadOnlySpan<int> moments)
    {
        for (int i = 0; i < moments.Length; i++)
        {
            _places[i] = moments[i] + (Rollout.Before * Rollout.Copies);
        }

        _rows.Gather(Rollout.Moments, _places.AsSpan(0, moments.Length));
        TeamNetwork.TeamTensors roomForOutputs = default, roomForValues = default;
        Span<Tensor> outputs = roomForOutputs, values = roomForValues;
        Network.Act(_tape, _rows, outputs, out _);
        if (IsJudged)
        {
            Network.Judge(_tape, _rows, values);
        }

        Tensor total = default;
        for (int m = 0; m < Rollout.Members.Length; m++)
        {
            Tensor loss = LossOf(m, moments, outputs[m], values[m]) * ((float)Layout.Members[m].Agents / Layout.Agents);
            total = m == 0 ? loss : total + loss;
        }

        _adam.ClearGradients();
        _tape.Backward(total);
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

    // With r = π / π_old and A normalised by class: mean of max(−A r, −A clip(r)), less entropy, plus Huber's loss of normalised values or of the values clipped
    // near what they were, whichever is larger.
    private Tensor LossOf(int m, ReadOnlySpan<int> moments, Tensor outputs, Tensor values)
    {
        MemberRollout member = Rollout.Members[m];
        int agents = member.Members.Agents, count = moments.Length * agents, size = Network.Heads[member.Members.Class].Size;
        (Tensor logProbability, Tensor entropies) = Network.Heads[member.Members.Class].Evaluate(outputs, Gathered(member.Drawn, moments, agents * size));
        Tensor logRatio = logProbability - On(member.LogProbabilities, moments, agents);
        Tensor ratio = logRatio.Exp();
        Tensor losing = -On(member.Advantages, moments, agents);
        Tensor policy = (losing * ratio).Maximum(losing * ratio.Clamp(1 - _settings.Clip, 1 + _settings.Clip)).Mean();
        Tensor entropy = entropies.Mean();
        Tensor loss = policy - (entropy * EntropyWeight);
        double value = 0;
        if (IsJudged)
        {
            Tensor returns = On(member.Returns, moments, agents), old = On(member.Outputs, moments, agents);
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

        _measures[m] = _measures[m].Plus(policy.Scalar, value, entropy.Scalar, kl / count, clipped / count);
        return loss;
    }

    private Tensor On(float[] source, ReadOnlySpan<int> moments, int size) => _tape.Constant(new Shape(moments.Length * size), Gathered(source, moments, size));

    private ReadOnlySpan<float> Gathered(float[] source, ReadOnlySpan<int> moments, int size)
    {
        for (int i = 0; i < moments.Length; i++)
        {
            source.AsSpan(moments[i] * size, size).CopyTo(_gathered.AsSpan(i * size));
        }

        return _gathered.AsSpan(0, moments.Length * size);
    }

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

    private int Boundary(int part) => (int)((long)_order.Length * part / _settings.Minibatches);

    private void OnAll(Action<TeamWorker> work)
    {
        if (_workers.Length == 1)
        {
            work(_workers[0]);
            return;
        }

        Parallel.For(0, _workers.Length, new ParallelOptions { MaxDegreeOfParallelism = _workers.Length }, i => work(_workers[i]));
    }
}
