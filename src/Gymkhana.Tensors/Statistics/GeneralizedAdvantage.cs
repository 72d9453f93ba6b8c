namespace Gymkhana.Tensors.Statistics;

/// <summary>
/// Generalised advantage estimation (Schulman et al. 2016): A_t = δ_t + γλ A_{t+1} with δ_t = r_t + γ V(s_{t+1}) − V(s_t). An
/// episode that terminates has no value after it; one that is truncated goes on in truth, so the value of its final observation is
/// taken. Both end the sum.
/// </summary>
/// <remarks>To treat a time limit as an end, as some learners do, hand in "terminated or truncated" as <c>terminated</c>.</remarks>
public static class GeneralizedAdvantage
{
    /// <summary>Advantages and returns of a rollout, time-major: element t × copies + copy. Sums are in double. Allocates nothing.</summary>
    /// <param name="copies">Copies of the environment, at least 1.</param>
    /// <param name="rewards">r_t, [steps, copies].</param>
    /// <param name="values">V(s_t), [steps, copies].</param>
    /// <param name="terminated">Whether step t terminated its episode, [steps, copies].</param>
    /// <param name="truncated">Whether step t truncated its episode, [steps, copies].</param>
    /// <param name="finalValues">V of the final observation of step t, [steps, copies]; read only where truncated.</param>
    /// <param name="nextValues">V of the observations after the last step, [copies].</param>
    /// <param name="discount">γ, in [0, 1].</param>
    /// <param name="lambda">λ, in [0, 1].</param>
    /// <param name="advantages">Receives A_t, [steps, copies].</param>
    /// <param name="returns">Receives A_t + V(s_t), what the value learns, [steps, copies].</param>
    /// <exception cref="ArgumentException">The sizes do not go together.</exception>
    public static void Compute(
        int copies,
        ReadOnlySpan<float> rewards,
        ReadOnlySpan<float> values,
        ReadOnlySpan<bool> terminated,
        ReadOnlySpan<bool> truncated,
        ReadOnlySpan<float> finalValues,
        ReadOnlySpan<float> nextValues,
        double discount,
        double lambda,
        Span<float> advantages,
        Span<float> returns)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(copies, 1);
        int count = rewards.Length;
        if (count % copies != 0 || values.Length != count || terminated.Length != count || truncated.Length != count || finalValues.Length != count
            || nextValues.Length != copies || advantages.Length != count || returns.Length != count)
        {
            throw new ArgumentException(
                $"a rollout of {copies} copies needs nextValues of {copies} and the rest of steps × {copies}; got rewards {count}, values {values.Length}, terminated {terminated.Length}, "
                + $"truncated {truncated.Length}, finalValues {finalValues.Length}, nextValues {nextValues.Length}, advantages {advantages.Length}, returns {returns.Length}.");
        }

        for (int copy = 0; copy < copies; copy++)
        {
            double advantage = 0, next = nextValues[copy];
            for (int t = count - copies + copy; t >= 0; t -= copies)
            {
                bool ends = terminated[t] || truncated[t];
                double following = terminated[t] ? 0 : truncated[t] ? finalValues[t] : next;
                double delta = rewards[t] + (discount * following) - values[t];
                advantage = delta + (ends ? 0 : discount * lambda * advantage);
                next = values[t];
                advantages[t] = (float)advantage;
                returns[t] = (float)(advantage + values[t]);
            }
        }
    }
}
