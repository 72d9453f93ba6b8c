using System.Globalization;
using Gymkhana.Core.Environments;
using Gymkhana.Core.Policies;

namespace Gymkhana.Tensors.Onnx.Policies;

/// <summary>An ONNX model as a policy, whoever made it.</summary>
/// <remarks>
/// <para>
/// The observation is the one input that is not memory: float32 or uint8, [batch, ...] with the observation's shape or its numbers in
/// one axis. Pixels b go to a float32 input as b/128 − 1 and to a uint8 input as they are. The batch is open, or fixed at 1: then the
/// model runs once for each copy. An input <c>m</c> beside an output <c>next_m</c> of the same shape is memory: zero when an episode
/// begins, then what the model gave last.
/// </para>
/// <para>
/// The action is the output called <c>action</c>: whole numbers for discrete choices, float32 for a box (clamped to its bounds).
/// Without one, a single float32 output with a number for each choice is a preference: the largest wins. Two such outputs are values
/// and imitation logits, in this order, as discrete batch-constrained Q-learning gives them: the best value wins among the actions whose
/// probability is at least a threshold times that of the most likely action (<see cref="OnnxPolicyKeys.ImitationThreshold"/>, 0.3
/// unless the model says otherwise; Fujimoto et al. 2019, arXiv 1910.01708). For a box, a single float32 output is the action.
/// </para>
/// </remarks>
public sealed class OnnxPolicy : IPolicy
{
    /// <summary>The threshold when the model names none.</summary>
    public const float UsualThreshold = 0.3f;

    /// <summary>A policy.</summary>
    /// <param name="model">The model.</param>
    /// <param name="name">Its name.</param>
    /// <exception cref="OnnxRefusedException">The model's metadata holds a threshold that is none.</exception>
    public OnnxPolicy(OnnxModel model, string name)
    {
        ArgumentNullException.ThrowIfNull(model);
        Model = model;
        Name = name;
        Threshold = UsualThreshold;
        if (model.Metadata.TryGetValue(OnnxPolicyKeys.ImitationThreshold, out string? text))
        {
            if (!float.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out float threshold) || threshold is not (>= 0 and <= 1))
            {
                throw new OnnxRefusedException($"{model.Origin}: its metadata '{OnnxPolicyKeys.ImitationThreshold}' is {OnnxText.Quote(text)}, expected a number from 0 to 1. Correct or remove it.");
            }

            Threshold = threshold;
        }

        Origin = model.Metadata.TryGetValue(OnnxPolicyKeys.Environment, out string? environment) ? new PolicyOrigin(environment, SettingsOf(model)) : null;
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public PolicyOrigin? Origin { get; }

    /// <summary>The model.</summary>
    public OnnxModel Model { get; }

    /// <summary>Least probability of an action relative to the most likely one, where the model gives values and imitation logits.</summary>
    public float Threshold { get; }

    /// <summary>Reads a policy from a file.</summary>
    /// <param name="path">The file.</param>
    /// <returns>The policy, named after the file.</returns>
    /// <exception cref="OnnxRefusedException">It cannot be run.</exception>
    /// <exception cref="Core.Files.FileReadException">It cannot be read.</exception>
    public static OnnxPolicy Load(string path) => new(OnnxModel.Load(path, OnnxLimits.Default), path);

    /// <inheritdoc/>
    public IActor CreateActor(IEnvironment environment, int group = 0)
    {
        ArgumentNullException.ThrowIfNull(environment);
        return new OnnxActor(this, environment, environment.Groups[group]);
    }

    private static Dictionary<string, string> SettingsOf(OnnxModel model)
    {
        Dictionary<string, string> settings = new(StringComparer.Ordinal);
        string lines = model.Metadata.GetValueOrDefault(OnnxPolicyKeys.EnvironmentSettings, string.Empty);
        foreach (string line in lines.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            int equals = line.IndexOf('=', StringComparison.Ordinal);
            if (equals <= 0)
            {
                throw new OnnxRefusedException($"{model.Origin}: its metadata '{OnnxPolicyKeys.EnvironmentSettings}' has the line {OnnxText.Quote(line)}, expected key=value. Correct or remove it.");
            }

            settings[line[..equals]] = line[(equals + 1)..];
        }

        return settings;
    }
}
