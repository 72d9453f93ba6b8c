#:project ../src/Gymkhana.Environments
#:property PublishAot=false
#:property Sources=Original/*.cs

// Replays a genome of the original program Walker (github.com/johnBuffer/Walker) under the rules of its training and of its
// playing mode, each on 100 lists of targets:
//   dotnet run examples/ReplayOriginalChampion.cs -- example_1.bin
using Gymkhana.Environments.Walker;
using Gymkhana.Examples.Original;

const int Lists = 100;
if (args is not [string path])
{
    Console.Error.WriteLine("Give one genome file (.bin) that the program Walker saved, for example res/genomes/example_1.bin of its repository.");
    return 2;
}

try
{
    OriginalPolicy policy = new(Path.GetFileNameWithoutExtension(path), OriginalGenome.Read(path));
    Report("training rules (disc, back to the centre, senses a step late)", OriginalReplay.Training);
    Report("playing rules (square, one after the other, senses at once)", OriginalReplay.Playing);
    return 0;

    void Report(string rules, WalkerOptions options)
    {
        double[] targets = OriginalReplay.CountTargets(policy, options, Lists, seed: 1);
        double mean = targets.Average();
        double error = Math.Sqrt(targets.Sum(t => (t - mean) * (t - mean)) / (Lists - 1.0) / Lists);
        Console.WriteLine($"{policy.Name}: {mean:F1} ± {1.96 * error:F1} targets per 100 s, {rules}");
    }
}
catch (Exception e) when (e is OriginalGenomeException or Gymkhana.Core.Policies.PolicyMismatchException)
{
    Console.Error.WriteLine(e.Message);
    return 1;
}
