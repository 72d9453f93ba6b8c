using Gymkhana.Core;

namespace Gymkhana.Cli;

/// <summary>The program was asked for something it cannot be asked for: exit code 2.</summary>
/// <param name="message">One line for a person.</param>
internal sealed class UsageException(string message) : GymkhanaException(message);
