using Gymkhana.Core.Environments;
using Gymkhana.Core.Runs;
using Gymkhana.Core.Settings;
using Gymkhana.Tensors.Onnx;
using Gymkhana.Tensors.Onnx.Policies;

namespace Gymkhana.Cli.Exports;

/// <summary>What an exported policy says about itself.</summary>
internal static class PolicyMetadata
{
    /// <summary>Adds it to a model.</summary>
    /// <param name="builder">The model.</param>
    /// <param name="algorithm">Name of the algorithm, or empty where nobody knows.</param>
    /// <param name="environment">The environment it acts in.</param>
    /// <param name="settings">The environment's settings.</param>
    /// <param name="which">Index of the group that it acts for.</param>
    public static void Add(OnnxGraphBuilder builder, string algorithm, IEnvironment environment, SettingValues settings, int which = 0)
    {
        AgentGroup group = environment.Groups[which];
        if (environment.Groups.Length > 1)
        {
            builder.AddMetadata(OnnxPolicyKeys.Group, group.Name);
        }

        builder.AddMetadata(OnnxPolicyKeys.Environment, environment.Spec.Id);
        IReadOnlyDictionary<string, string> changed = settings.Changed;
        if (changed.Count > 0)
        {
            builder.AddMetadata(OnnxPolicyKeys.EnvironmentSettings, string.Join('\n', changed.Select(s => $"{s.Key}={s.Value}")));
        }

        builder.AddMetadata(OnnxPolicyKeys.ObservationSpace, group.ObservationSpace.ToString());
        builder.AddMetadata(OnnxPolicyKeys.ActionSpace, group.ActionSpace.ToString());
        if (algorithm.Length > 0)
        {
            builder.AddMetadata(OnnxPolicyKeys.Algorithm, algorithm);
        }

        builder.AddMetadata(OnnxPolicyKeys.Version, TrainingRun.ProgramVersion());
    }
}
