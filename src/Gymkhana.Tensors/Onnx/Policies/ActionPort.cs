using Gymkhana.Core.Environments;
using Gymkhana.Core.Policies;
using Gymkhana.Core.Spaces;

namespace Gymkhana.Tensors.Onnx.Policies;

/// <summary>Turns the outputs of a model into actions.</summary>
internal abstract class ActionPort
{
    private const string ActionName = "action";

    /// <summary>The way from this model's outputs to this group's actions.</summary>
    /// <param name="policy">The policy.</param>
    /// <param name="plan">Its model, planned for <paramref name="rows"/> observations.</param>
    /// <param name="group">The group that acts.</param>
    /// <param name="rows">Copies that the model serves at once.</param>
    /// <returns>The way.</returns>
    /// <exception cref="PolicyMismatchException">The outputs do not tell what to do.</exception>
    public static ActionPort For(OnnxPolicy policy, OnnxPlan plan, AgentGroup group, int rows)
    {
        int numbers = group.ActionSpace is DiscreteSpace ? 1 : group.ActionSpace.Size;
        bool isBox = group.ActionSpace is BoxSpace;
        foreach (OnnxValueSpec output in policy.Model.Outputs)
        {
            bool typeFits = isBox ? output.Type == OnnxElementType.Float32 : output.Type is OnnxElementType.Int64 or OnnxElementType.Int32;
            if (output.Name == ActionName && typeFits && Count(plan, output) == rows * numbers)
            {
                return isBox ? new Box(plan, output.Name, group) : new Chosen(plan, output, group, policy.Name);
            }
        }

        int width = group.ActionSpace is DiscreteSpace discrete ? discrete.Count : numbers;
        string[] floats = [.. policy.Model.Outputs.Where(o => o.Type == OnnxElementType.Float32 && Count(plan, o) == rows * width).Select(o => o.Name)];
        return (group.ActionSpace, floats.Length) switch
        {
            (DiscreteSpace, 1) => new Largest(plan, floats[0], group, rows),
            (DiscreteSpace, 2) => new Constrained(plan, floats[0], floats[1], group, rows, policy.Threshold),
            (BoxSpace, 1) => new Box(plan, floats[0], group),
            _ => throw new PolicyMismatchException($"'{policy.Name}' gives {string.Join(", ", policy.Model.Outputs.Select(o => o.ToString()))}, which does not say how to act in {group.ActionSpace}. Expected {(isBox ? $"one float32 output of {width} numbers" : $"an output '{ActionName}' of whole numbers, or one float32 output of {width} preferences, or two (values and imitation logits)")}."),
        };
    }

    /// <summary>Writes the actions of the copies from this one on, as many as the plan has rows.</summary>
    /// <param name="copy">The first copy.</param>
    public abstract void Read(int copy);

    private static int Count(OnnxPlan plan, OnnxValueSpec output)
    {
        int count = 1;
        foreach (int size in plan.OutputShape(output.Name))
        {
            count *= size;
        }

        return count;
    }

    private static int IndexOfLargest(ReadOnlySpan<float> values)
    {
        int best = 0;
        for (int i = 1; i < values.Length; i++)
        {
            best = values[i] > values[best] ? i : best;
        }

        return best;
    }

    /// <summary>Whole numbers as the model gives them.</summary>
    private sealed class Chosen(OnnxPlan plan, OnnxValueSpec output, AgentGroup group, string policy) : ActionPort
    {
        private readonly Batch<int> _actions = group.Actions.As<int>();

        public override void Read(int copy)
        {
            int count = Count(plan, output);
            for (int i = 0; i < count; i++)
            {
                long choice = output.Type == OnnxElementType.Int64 ? plan.Output<long>(output.Name)[i] : plan.Output<int>(output.Name)[i];
                int part = i % _actions.Features;
                if (!group.ActionSpace.Allows(part, choice))
                {
                    throw new PolicyMismatchException($"'{policy}' chose action {choice}, which is not in {group.ActionSpace}. The model was made for another action space.");
                }

                _actions[0, part, copy + (i / _actions.Features)] = (int)choice;
            }
        }
    }

    /// <summary>The largest of the preferences; the first of equal ones.</summary>
    private sealed class Largest(OnnxPlan plan, string output, AgentGroup group, int rows) : ActionPort
    {
        private readonly Batch<int> _actions = group.Actions.As<int>();

        public override void Read(int copy)
        {
            ReadOnlySpan<float> values = plan.Output<float>(output);
            int choices = values.Length / rows;
            for (int row = 0; row < rows; row++)
            {
                _actions[0, 0, copy + row] = IndexOfLargest(values.Slice(row * choices, choices));
            }
        }
    }

    /// <summary>The best value among the actions that are likely enough.</summary>
    private sealed class Constrained(OnnxPlan plan, string values, string logits, AgentGroup group, int rows, float threshold) : ActionPort
    {
        private readonly Batch<int> _actions = group.Actions.As<int>();

        public override void Read(int copy)
        {
            ReadOnlySpan<float> allValues = plan.Output<float>(values);
            ReadOnlySpan<float> allLogits = plan.Output<float>(logits);
            int choices = allValues.Length / rows;
            for (int row = 0; row < rows; row++)
            {
                ReadOnlySpan<float> rowValues = allValues.Slice(row * choices, choices), rowLogits = allLogits.Slice(row * choices, choices);
                int best = IndexOfLargest(rowLogits);
                float most = rowLogits[best];
                for (int i = 0; i < choices; i++)
                {
                    // p/max p = exp(logit − largest logit).
                    best = MathF.Exp(rowLogits[i] - most) > threshold && rowValues[i] > rowValues[best] ? i : best;
                }

                _actions[0, 0, copy + row] = best;
            }
        }
    }

    /// <summary>The numbers themselves, within the box.</summary>
    private sealed class Box(OnnxPlan plan, string output, AgentGroup group) : ActionPort
    {
        private readonly Batch<float> _actions = group.Actions.As<float>();
        private readonly BoxSpace _box = (BoxSpace)group.ActionSpace;

        public override void Read(int copy)
        {
            ReadOnlySpan<float> numbers = plan.Output<float>(output);
            for (int i = 0; i < numbers.Length; i++)
            {
                int number = i % _actions.Features;
                _actions[0, number, copy + (i / _actions.Features)] = Math.Clamp(numbers[i], _box.Low[number], _box.High[number]);
            }
        }
    }
}
