namespace Gymkhana.Tensors.Kernels;

/// <summary>Work that falls into parts which write to places of their own, so that their order and their threads change nothing.</summary>
internal interface IJob
{
    /// <summary>Does one part.</summary>
    /// <param name="part">0 to the number of parts − 1; each is done once.</param>
    /// <param name="worker">Who does it, 0 to <see cref="Workers.Count"/> − 1: the owner of scratch memory.</param>
    void Execute(int part, int worker);
}
