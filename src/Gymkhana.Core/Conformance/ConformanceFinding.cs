namespace Gymkhana.Core.Conformance;

/// <summary>A rule of the environment contract that an environment breaks.</summary>
/// <param name="Check">Name of the check; see <see cref="EnvironmentChecks"/>.</param>
/// <param name="Message">One line: where, what was expected, what was found.</param>
public sealed record ConformanceFinding(string Check, string Message)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Check}: {Message}";
}
