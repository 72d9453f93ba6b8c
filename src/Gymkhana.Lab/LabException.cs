using Gymkhana.Core;

namespace Gymkhana.Lab;

/// <summary>A request that is refused, with the code that says how.</summary>
/// <param name="status">The HTTP status.</param>
/// <param name="message">One line for a person.</param>
internal sealed class RefusedException(int status, string message) : GymkhanaException(message)
{
    public int Status { get; } = status;
}
