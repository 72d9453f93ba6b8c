using Gymkhana.Tensors.Autograd;
using Gymkhana.Tensors.Kernels;
using Gymkhana.Tensors.Onnx.Export;

namespace Gymkhana.Tensors
{
    /// <content>Pooling by the largest element.</content>
    public readonly unsafe partial struct Tensor
    {
        /// <summary>Largest element of each window of images; NaN where there is one. The gradient goes to the first of the largest.</summary>
        /// <param name="kernel">Height and width of a window.</param>
        /// <param name="stride">From a window to the next.</param>
        /// <param name="padding">Rows and columns outside the image that windows may cover, at most half a window; never chosen.</param>
        /// <param name="ceilMode">Whether windows that begin inside but do not fit count too.</param>
        /// <returns>[N, C, height, width], for images [N, C, H, W].</returns>
        /// <exception cref="ArgumentException">No images, or a window does not fit.</exception>
        public Tensor MaxPool2d(int kernel, int stride, int padding = 0, bool ceilMode = false) => MaxPool2d(kernel, stride, padding, ceilMode, out _);

        /// <summary>The same, and where the largest elements are.</summary>
        /// <param name="kernel">Height and width of a window.</param>
        /// <param name="stride">From a window to the next.</param>
        /// <param name="padding">Rows and columns outside the image that windows may cover, at most half a window; never chosen.</param>
        /// <param name="ceilMode">Whether windows that begin inside but do not fit count too.</param>
        /// <param name="indices">[N, C, height, width], row · W + column in the plane.</param>
        /// <returns>[N, C, height, width], for images [N, C, H, W].</returns>
        /// <exception cref="ArgumentException">No images, or a window does not fit.</exception>
        public Tensor MaxPool2d(int kernel, int stride, int padding, bool ceilMode, out IndexTensor indices)
        {
            Operations.MaxPool operation = Tape.Rent<Operations.MaxPool>();
            operation.Take(this);
            operation.Window = Operations.PoolWindow.Of(Shape, kernel, stride, padding, ceilMode);
            Shape shape = operation.Window.Output(Shape);
            operation.Indices = (int*)Tape.Memory.Rent(shape.Count);
            indices = new IndexTensor(Tape, Tape.Step, shape, operation.Indices);
            return Tape.Run(operation, shape);
        }
    }
}

namespace Gymkhana.Tensors.Operations
{
    /// <summary>y = the largest x of a window, and its index in the plane.</summary>
    internal sealed unsafe class MaxPool : Operation
    {
        public PoolWindow Window { get; set; }

        public int* Indices { get; set; }

        private int Plane => Window.Height * Window.Width;

        private int OutputPlane => Window.OutputHeight * Window.OutputWidth;

        private int Planes => Output.Shape[0] * Output.Shape[1];

        public override void Forward() => RowBlocks.Run(Workers, new ForwardPlanes(X(0), Window, Output.Values, Indices), Planes, Plane);

        public override void Backward() => RowBlocks.Run(Workers, new BackwardPlanes(Output.Gradient, Indices, OutputPlane, PlaceFor(0).ToAddTo(), Plane), Planes, Plane);

        public override void Emit(OnnxEmitter emitter) => emitter.Set(Output, emitter.Add(
            "MaxPool",
            [emitter.Input(this, 0)],
            ("kernel_shape", new long[] { Window.Kernel, Window.Kernel }),
            ("strides", new long[] { Window.Stride, Window.Stride }),
            ("pads", new long[] { Window.Padding, Window.Padding, Window.Padding, Window.Padding }),
            ("ceil_mode", Window.RoundsUp ? 1L : 0L)));

        public override void Reference()
        {
            // The elements found in float: finite differences then move the same ones.
            for (int i = 0; i < Output.Count; i++)
            {
                Output.Exact![i] = ExactX(0)[(i / OutputPlane * Plane) + Indices[i]]; // a checking tape gives it
            }
        }

        private readonly struct ForwardPlanes(float* x, PoolWindow window, float* y, int* indices) : IRowKernel
        {
            public void Rows(int first, int rows, int worker)
            {
                int place = first * window.OutputHeight * window.OutputWidth;
                for (int plane = first; plane < first + rows; plane++)
                {
                    float* image = x + ((nint)plane * window.Height * window.Width);
                    for (int row = 0; row < window.OutputHeight; row++)
                    {
                        for (int column = 0; column < window.OutputWidth; column++, place++)
                        {
                            int best = Largest(image, window.Rows(row), window.Columns(column));
                            indices[place] = best;
                            y[place] = image[best];
                        }
                    }
                }
            }

            private int Largest(float* image, (int From, int To) rows, (int From, int To) columns)
            {
                int best = (rows.From * window.Width) + columns.From;
                float largest = image[best];
                for (int row = rows.From; row < rows.To; row++)
                {
                    for (int i = (row * window.Width) + columns.From; i < (row * window.Width) + columns.To; i++)
                    {
                        // Not "greater than": a NaN wins, and nothing wins against it.
                        if (!(image[i] <= largest) && !float.IsNaN(largest))
                        {
                            (best, largest) = (i, image[i]);
                        }
                    }
                }

                return best;
            }
        }

        private readonly struct BackwardPlanes(float* upstream, int* indices, int outputPlane, float* gradient, int plane) : IRowKernel
        {
            public void Rows(int first, int rows, int worker)
            {
                for (int p = first; p < first + rows; p++)
                {
                    float* to = gradient + ((nint)p * plane);
                    for (int i = p * outputPlane; i < (p + 1) * outputPlane; i++)
                    {
                        to[indices[i]] += upstream[i];
                    }
                }
            }
        }
    }
}
