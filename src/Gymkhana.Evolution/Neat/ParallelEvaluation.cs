using Gymkhana.Evolution.Networks;
using Gymkhana.Evolution.Tasks;

namespace Gymkhana.Evolution.Neat;

/// <summary>
/// Scores genomes on several threads. Each genome's score goes to its own place, and depends on the genome and the episodes
/// alone, so that the number of threads and who does what changes nothing.
/// </summary>
internal sealed class ParallelEvaluation
{
    private readonly IFitnessEvaluator[] _evaluators;
    private readonly GenomeCompiler[] _compilers;
    private int _next;

    public ParallelEvaluation(IFitnessTask task, int threads)
    {
        _evaluators = new IFitnessEvaluator[threads];
        _compilers = new GenomeCompiler[threads];
        for (int thread = 0; thread < threads; thread++)
        {
            _evaluators[thread] = task.CreateEvaluator();
            _compilers[thread] = new GenomeCompiler(task.Inputs, task.Outputs);
        }
    }

    /// <summary>Scores the genomes whose place in <paramref name="wanted"/> is set.</summary>
    public void Run(Genome[] genomes, bool[] wanted, ulong[] seeds, Score[] scores)
    {
        _next = -1;
        if (_evaluators.Length == 1)
        {
            Work(0, genomes, wanted, seeds, scores);
            return;
        }

        Parallel.For(0, _evaluators.Length, new ParallelOptions { MaxDegreeOfParallelism = _evaluators.Length }, thread => Work(thread, genomes, wanted, seeds, scores));
    }

    private void Work(int thread, Genome[] genomes, bool[] wanted, ulong[] seeds, Score[] scores)
    {
        for (int i = Interlocked.Increment(ref _next); i < genomes.Length; i = Interlocked.Increment(ref _next))
        {
            if (wanted[i])
            {
                NetworkGraph network = _compilers[thread].Compile(genomes[i]);
                scores[i] = _evaluators[thread].Evaluate(network, seeds);
            }
        }
    }
}
