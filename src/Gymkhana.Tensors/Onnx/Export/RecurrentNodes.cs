using Gymkhana.Tensors.Autograd;

namespace Gymkhana.Tensors.Onnx.Export;

/// <summary>
/// What LSTM and GRU have in common as ONNX nodes. On the tape the inputs' product is an operation of its own, for all steps at once;
/// ONNX's operators take it in, so that operation's inputs are read in its place.
/// </summary>
internal static class RecurrentNodes
{
    /// <summary>Steps of the sequence, which may not depend on the batch.</summary>
    public static int Steps(OnnxEmitter emitter, Operation recurrence)
    {
        int steps = emitter.Dims(recurrence.Input(0))[1];
        return steps > 0 ? steps : throw OnnxEmitter.Refuse(recurrence, "the length of its sequence depends on the batch. Give each sequence the same length.");
    }

    /// <summary>X, W, R, B and no lengths: the first five inputs.</summary>
    /// <param name="emitter">What it is written with.</param>
    /// <param name="recurrence">Inputs: gates of the inputs, state's weights, state's bias.</param>
    /// <param name="order">For each gate of ONNX, its place on the tape.</param>
    public static string[] Inputs(OnnxEmitter emitter, Operation recurrence, int[] order)
    {
        if (emitter.MakerOf(recurrence.Input(0)) is not Operations.Linear { Activation: Activation.None, InputCount: 3 } map)
        {
            throw OnnxEmitter.Refuse(recurrence, "its gates must come from one linear map of the inputs, with a bias.");
        }

        string x = emitter.Permuted(emitter.Input(map, 0), 1, 0, 2);
        return [x, emitter.Gates(recurrence, order, map.Input(1)), emitter.Gates(recurrence, order, recurrence.Input(1)), emitter.Gates(recurrence, order, map.Input(2), recurrence.Input(2)), string.Empty];
    }
}
