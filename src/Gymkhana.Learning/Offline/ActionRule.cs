using Gymkhana.Tensors;

namespace Gymkhana.Learning.Offline;

/// <summary>How an action is chosen of what a network says.</summary>
/// <param name="Heads">The heads it looks at.</param>
/// <param name="Threshold">With both heads: actions less likely in the data than this times the likeliest one are left out.</param>
public sealed record ActionRule(ActionHeads Heads, double Threshold)
{
    /// <summary>The likeliest action in the data.</summary>
    public static ActionRule MostLikely => new(ActionHeads.Imitation, 0);

    /// <summary>The action of the highest value.</summary>
    public static ActionRule MostValuable => new(ActionHeads.Values, 0);

    /// <summary>Chooses an action for each row; of equal ones the first. Call it while the tape is not recording.</summary>
    /// <param name="values">Q values [N, A], where the rule looks at them.</param>
    /// <param name="logits">Logits of the data's actions [N, A], where it looks at them.</param>
    /// <param name="chosen">Receives N actions.</param>
    /// <returns>How many actions of all rows the threshold left out.</returns>
    public int Choose(Tensor values, Tensor logits, Span<int> chosen)
    {
        if (Heads != ActionHeads.Both)
        {
            Tensor scores = Heads == ActionHeads.Values ? values : logits;
            int actions = scores.Shape[1];
            for (int row = 0; row < chosen.Length; row++)
            {
                chosen[row] = Largest(scores.Values.Slice(row * actions, actions));
            }

            return 0;
        }

        return ChooseMasked(values.Values, logits.Softmax().Values, values.Shape[1], chosen);
    }

    private static int Largest(ReadOnlySpan<float> scores)
    {
        int best = 0;
        for (int action = 1; action < scores.Length; action++)
        {
            best = scores[action] > scores[best] ? action : best;
        }

        return best;
    }

    // p / max p > threshold, as in the reference code; the likeliest action is always allowed, whatever rounding does.
    private int ChooseMasked(ReadOnlySpan<float> values, ReadOnlySpan<float> probabilities, int actions, Span<int> chosen)
    {
        float threshold = (float)Threshold;
        int masked = 0;
        for (int row = 0; row < chosen.Length; row++)
        {
            ReadOnlySpan<float> worth = values.Slice(row * actions, actions), likely = probabilities.Slice(row * actions, actions);
            int best = Largest(likely);
            float most = likely[best];
            for (int action = 0; action < actions; action++)
            {
                bool allowed = likely[action] / most > threshold;
                masked += allowed ? 0 : 1;
                best = allowed && worth[action] > worth[best] ? action : best;
            }

            chosen[row] = best;
        }

        return masked;
    }
}
