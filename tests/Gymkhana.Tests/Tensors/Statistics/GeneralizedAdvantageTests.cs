using Gymkhana.Tensors.Statistics;

namespace Gymkhana.Tests.Tensors.Statistics;

public sealed class GeneralizedAdvantageTests
{
    private readonly GoldenCase _golden = new("gae");

    [Fact]
    public void Compute_RecordedRollout_BootstrapsWhereTruncated()
    {
        (float[] advantages, float[] returns) = Compute(timeLimitEnds: false);
        _golden.Check("out.adv_bootstrap", advantages);
        _golden.Check("out.ret_bootstrap", returns);

        // Stable-Baselines3 adds γ V(final) to the reward instead: the same thing.
        _golden.Check("out.adv_sb3", advantages);
        _golden.Check("out.ret_sb3", returns);
    }

    [Fact]
    public void Compute_TimeLimitHandedInAsTermination_IsThatOfCleanRl()
    {
        (float[] advantages, float[] returns) = Compute(timeLimitEnds: true);
        _golden.Check("out.adv_cleanrl", advantages);
        _golden.Check("out.ret_cleanrl", returns);
    }

    [Fact]
    public void Compute_SizesThatDoNotGoTogether_AreNamed()
    {
        float[] six = new float[6];
        string message = Assert.Throws<ArgumentException>(() => GeneralizedAdvantage.Compute(3, six, six, new bool[6], new bool[5], six, new float[3], 0.99, 0.95, six, six)).Message;
        Assert.Contains("truncated 5", message, StringComparison.Ordinal);
    }

    private (float[] Advantages, float[] Returns) Compute(bool timeLimitEnds)
    {
        bool[] terminated = [.. _golden.Integers("c.terminated").Select(v => v != 0)];
        bool[] truncated = [.. _golden.Integers("c.truncated").Select(v => v != 0)];
        if (timeLimitEnds)
        {
            terminated = [.. terminated.Zip(truncated, (a, b) => a || b)];
        }

        float[] rewards = _golden.Floats("c.rewards");
        float[] advantages = new float[rewards.Length], returns = new float[rewards.Length];
        GeneralizedAdvantage.Compute(
            _golden.Shape("c.rewards")[1],
            rewards,
            _golden.Floats("c.values"),
            terminated,
            truncated,
            _golden.Floats("c.final_values"),
            _golden.Floats("c.next_value"),
            _golden.Attributes.GetProperty("gamma").GetDouble(),
            _golden.Attributes.GetProperty("lam").GetDouble(),
            advantages,
            returns);
        return (advantages, returns);
    }
}
