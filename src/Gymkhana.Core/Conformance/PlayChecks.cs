using Gymkhana.Core.Environments;
using Gymkhana.Core.Spaces;

namespace Gymkhana.Core.Conformance;

/// <summary>What can be seen while a batch is played at random past several episode ends.</summary>
internal sealed class PlayChecks
{
    private const int Copies = 3;

    private readonly RandomPlay _play;
    private readonly FindingList _findings;
    private readonly RestartChecks _restarts;
    private int _ends;

    private PlayChecks(RandomPlay play, RestartChecks restarts, FindingList findings)
    {
        _play = play;
        _restarts = restarts;
        _findings = findings;
    }

    /// <summary>Plays and checks.</summary>
    /// <returns>Steps played.</returns>
    public static int Run(Func<int, IEnvironment> create, ConformanceOptions options, FindingList findings)
    {
        var play = new RandomPlay(create(Copies));
        ulong[] seeds = RandomPlay.Seeds(Copies);
        play.Reset(seeds);
        var restarts = new RestartChecks(create, play.Environment, findings);
        return new PlayChecks(play, restarts, findings).Play(options);
    }

    private int Play(ConformanceOptions options)
    {
        IEnvironment environment = _play.Environment;
        CheckObservations(0);
        int step = 0;
        while (step < options.MaxSteps && (step < options.MinSteps || _ends < options.Episodes))
        {
            step++;
            _play.Step();
            CheckObservations(step);
            for (int copy = 0; copy < Copies; copy++)
            {
                CheckNumbers(step, copy);
                _findings.Demand(
                    _play.Tracker.Lengths[copy] <= environment.Spec.MaxEpisodeSteps,
                    EnvironmentChecks.Ends,
                    $"step {step}, copy {copy}: the episode is {_play.Tracker.Lengths[copy]} steps long, but the spec says at most {environment.Spec.MaxEpisodeSteps}");
                _ends += _play.Tracker.Ended[copy] ? 1 : 0;
                _restarts.Observe(copy, _play.Tracker.Ended[copy], _play.Tracker.Lengths[copy]);
            }
        }

        _restarts.Conclude();
        _findings.Demand(
            _ends >= 2 || options.MaxSteps < environment.Spec.MaxEpisodeSteps,
            EnvironmentChecks.Ends,
            $"only {_ends} episodes of {Copies} copies ended in {step} steps, although none should last more than {environment.Spec.MaxEpisodeSteps}");
        return step;
    }

    private void CheckObservations(int step)
    {
        foreach (AgentGroup group in _play.Environment.Groups)
        {
            for (int copy = 0; copy < Copies; copy++)
            {
                CheckInside(group, group.Observations, "observation", step, copy);
                if (step > 0 && _play.Tracker.Ended[copy])
                {
                    CheckInside(group, group.FinalObservations, "final observation", step, copy);
                }
            }
        }
    }

    private void CheckInside(AgentGroup group, Batch batch, string what, int step, int copy)
    {
        Space space = group.ObservationSpace;
        for (int agent = 0; agent < batch.Agents; agent++)
        {
            for (int feature = 0; feature < batch.Features; feature++)
            {
                double value = batch.Read(agent, feature, copy);
                if (!double.IsFinite(value) || !space.Allows(feature, value))
                {
                    _findings.Add(EnvironmentChecks.Bounds, $"step {step}, copy {copy}, agent '{group.Agents[agent]}': {what} {feature} is {value}, outside {Bounds(space, feature)}");
                    return;
                }
            }
        }
    }

    private static string Bounds(Space space, int feature) => space is BoxSpace box ? $"[{box.Low[feature]}, {box.High[feature]}]" : space.ToString();

    private void CheckNumbers(int step, int copy)
    {
        foreach (AgentGroup group in _play.Environment.Groups)
        {
            for (int agent = 0; agent < group.Agents.Length; agent++)
            {
                string where = $"step {step}, copy {copy}, agent '{group.Agents[agent]}'";
                double reward = group.Rewards[agent, 0, copy];
                _findings.Demand(double.IsFinite(reward), EnvironmentChecks.Bounds, $"{where}: the reward is {reward}");
                if (group.RewardParts.Length > 0)
                {
                    double sum = group.RewardPartValues[agent, 0, copy];
                    for (int part = 1; part < group.RewardParts.Length; part++)
                    {
                        sum += group.RewardPartValues[agent, part, copy];
                    }

                    _findings.Demand(sum.Equals(reward) || sum == reward, EnvironmentChecks.Reward, $"{where}: the reward is {reward:R}, but its parts add up to {sum:R}");
                }

                bool both = group.Terminated[agent, 0, copy] && group.Truncated[agent, 0, copy];
                _findings.Demand(!both, EnvironmentChecks.Ends, $"{where}: both terminated and truncated; an end by the task's own rules is terminated only, a pure time limit truncated only");
            }
        }

        Batch<double> figures = _play.Environment.Figures;
        for (int i = 0; i < figures.Features; i++)
        {
            _findings.Demand(double.IsFinite(figures[0, i, copy]), EnvironmentChecks.Bounds, $"step {step}, copy {copy}: figure '{_play.Environment.Spec.Figures[i].Name}' is {figures[0, i, copy]}");
        }
    }
}
