using Gymkhana.Core.Environments;
using Gymkhana.Core.Policies;

namespace Gymkhana.Tensors.Onnx.Policies;

/// <summary>A policy that can be written as an ONNX model.</summary>
public interface IOnnxExportable : IPolicy
{
    /// <summary>The policy as a model, without metadata about the environment.</summary>
    /// <param name="group">The group that it acts for.</param>
    /// <param name="form">What is asked for.</param>
    /// <returns>The model.</returns>
    /// <exception cref="PolicyMismatchException">The policy does not fit the group's spaces.</exception>
    OnnxGraphBuilder ToOnnx(AgentGroup group, OnnxPolicyForm form);
}

/// <summary>A policy of several groups that is written as a model for each.</summary>
public interface IOnnxTeam : IPolicy
{
    /// <summary>The policy as models, without metadata about the environment.</summary>
    /// <param name="environment">The environment in whose numbers of agents and things they are to act.</param>
    /// <param name="form">What is asked for.</param>
    /// <returns>For each group that it acts for, its index and the model of one of its agents.</returns>
    /// <exception cref="PolicyMismatchException">The policy does not fit the environment, or has no form for agents that act each by itself.</exception>
    IReadOnlyList<(int Group, OnnxGraphBuilder Model)> ToOnnx(IEnvironment environment, OnnxPolicyForm form);
}

/// <summary>How a policy is to be written as a model.</summary>
/// <param name="Opset">Operator set, 13 to 18.</param>
/// <param name="WithAction">Whether the graph also chooses a discrete action: output <c>action</c>, int64 [batch].</param>
/// <param name="Pixels">How pixels come in; without meaning for observations of other kinds.</param>
public sealed record OnnxPolicyForm(int Opset, bool WithAction, OnnxPixelForm Pixels);

/// <summary>How pixels come into an exported model.</summary>
public enum OnnxPixelForm
{
    /// <summary>uint8 [batch, frames, height, width], as the environment gives them; the graph scales them.</summary>
    Bytes,

    /// <summary>float32 of that shape, scaled by the caller: b/128 − 1.</summary>
    Scaled,

    /// <summary>uint8 [batch, frames, height, width, 3], coloured frames, the newest last; the graph makes them grey and scales them.</summary>
    Colour,
}
