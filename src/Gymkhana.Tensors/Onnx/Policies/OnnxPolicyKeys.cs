namespace Gymkhana.Tensors.Onnx.Policies;

/// <summary>What an exported policy says about itself in its metadata: the keys.</summary>
public static class OnnxPolicyKeys
{
    /// <summary>Id of the environment it was made for.</summary>
    public const string Environment = "gymkhana.environment";

    /// <summary>Settings of the environment that differ from the defaults and that it was made for, one "key=value" a line.</summary>
    public const string EnvironmentSettings = "gymkhana.environment-settings";

    /// <summary>The group of agents that it acts for, where there are several.</summary>
    public const string Group = "gymkhana.group";

    /// <summary>What it sees, in words.</summary>
    public const string ObservationSpace = "gymkhana.observation-space";

    /// <summary>What it does, in words.</summary>
    public const string ActionSpace = "gymkhana.action-space";

    /// <summary>The algorithm that made it.</summary>
    public const string Algorithm = "gymkhana.algorithm";

    /// <summary>Version of the program that wrote it.</summary>
    public const string Version = "gymkhana.version";

    /// <summary>
    /// With two outputs of values and of imitation logits: the threshold below which an action that is too rare in the data is left
    /// out, relative to the most likely one, 0 to 1.
    /// </summary>
    public const string ImitationThreshold = "gymkhana.imitation-threshold";
}
