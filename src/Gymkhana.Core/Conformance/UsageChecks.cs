using Gymkhana.Core.Environments;

namespace Gymkhana.Core.Conformance;

/// <summary>Whether wrong use is refused.</summary>
internal static class UsageChecks
{
    private const string Check = EnvironmentChecks.Usage;

    public static void Run(Func<int, IEnvironment> create, FindingList findings)
    {
        Expect<InvalidOperationException>(create(2).Step, "Step before the first Reset", findings);
        Expect<ArgumentException>(() => create(2).Reset([1]), "Reset of 2 copies with 1 seed", findings);
        Expect<ArgumentException>(() => create(2).Reset([1, 2, 3]), "Reset of 2 copies with 3 seeds", findings);
    }

    private static void Expect<TException>(Action action, string what, FindingList findings)
        where TException : Exception
    {
        try
        {
            action();
            findings.Add(Check, $"{what} should throw {typeof(TException).Name}, but was accepted");
        }
        catch (TException)
        {
            // As it should be.
        }
        catch (Exception other) when (other is not OutOfMemoryException)
        {
            findings.Add(Check, $"{what} should throw {typeof(TException).Name}, but threw {other.GetType().Name}");
        }
    }
}
