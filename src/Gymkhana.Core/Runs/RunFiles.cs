namespace Gymkhana.Core.Runs;

// Turns what the file system says into lines that a person can act on.
internal static class RunFiles
{
    public static T Guard<T>(string path, string verb, Func<T> work)
    {
        try
        {
            return work();
        }
        catch (IOException failure)
        {
            throw new RunException($"Could not {verb} '{path}': {OneLine(failure)}. Free space or choose another folder with --out; what was saved before is intact.", failure);
        }
        catch (ArgumentOutOfRangeException failure) when (failure.ParamName == "value" && failure.ActualValue is null)
        {
            // What .NET makes of a file beyond what the file system, or a quota, lets it grow to.
            throw new RunException($"Could not {verb} '{path}': the file may not grow any more. Free space, raise the quota or choose another folder with --out; what was saved before is intact.", failure);
        }
        catch (UnauthorizedAccessException failure)
        {
            throw new RunException($"Could not {verb} '{path}': permission denied. Choose another folder with --out or change its permissions; what was saved before is intact.", failure);
        }
    }

    public static void Guard(string path, string verb, Action work) => Guard(path, verb, () =>
    {
        work();
        return true;
    });

    private static string OneLine(Exception failure) => failure.Message.ReplaceLineEndings(" ").TrimEnd('.', ' ');
}
