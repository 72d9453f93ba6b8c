using Gymkhana.Tensors.Autograd;
using Gymkhana.Tensors.Kernels;
using Gymkhana.Tensors.Onnx.Export;

namespace Gymkhana.Tensors
{
    /// <content>Pooling by the mean.</content>
    public readonly unsafe partial struct Tensor
    {
        /// <summary>Mean of each window of images.</summary>
        /// <param name="kernel">Height and width of a window.</param>
        /// <param name="stride">From a window to the next.</param>
        /// <param name="padding">Rows and columns of zeros outside the image, at most half a window.</param>
        /// <param name="countPadding">Whether these zeros are counted in the mean.</param>
        /// <returns>[N, C, height, width], for images [N, C, H, W].</returns>
        /// <exception cref="ArgumentException">No images, or a window does not fit.</exception>
        public Tensor AveragePool2d(int kernel, int stride, int padding = 0, bool countPadding = true)
        {
            Operations.AveragePool operation = Tape.Rent<Operations.AveragePool>();
            operation.Take(this);
            operation.Window = Operations.PoolWindow.Of(Shape, kernel, stride, padding, ceilMode: false);
            operation.CountPadding = countPadding;
            return Tape.Run(operation, operation.Window.Output(Shape));
        }

        /// <summary>Mean of each plane of images.</summary>
        /// <returns>[N, C, 1, 1], for images [N, C, H, W].</returns>
        /// <exception cref="ArgumentException">No images.</exception>
        public Tensor GlobalAveragePool() => Shape.Rank == 4 ? Mean([2, 3], keepDimensions: true) : throw new ArgumentException($"pooling needs images [N, C, H, W], got {Shape}.");
    }
}

namespace Gymkhana.Tensors.Operations
{
    /// <summary>y = the mean x of a window.</summary>
    internal sealed unsafe class AveragePool : Operation
    {
        public PoolWindow Window { get; set; }

        public bool CountPadding { get; set; }

        private int Plane => Window.Height * Window.Width;

        private int Planes => Output.Shape[0] * Output.Shape[1];

        public override void Forward() => RowBlocks.Run(Workers, new ForwardPlanes(X(0), Window, CountPadding, Output.Values), Planes, Plane);

        public override void Backward() => RowBlocks.Run(Workers, new BackwardPlanes(Output.Gradient, Window, CountPadding, PlaceFor(0).ToAddTo()), Planes, Plane);

        public override void Emit(OnnxEmitter emitter) => emitter.Set(Output, emitter.Add(
            "AveragePool",
            [emitter.Input(this, 0)],
            ("kernel_shape", new long[] { Window.Kernel, Window.Kernel }),
            ("strides", new long[] { Window.Stride, Window.Stride }),
            ("pads", new long[] { Window.Padding, Window.Padding, Window.Padding, Window.Padding }),
            ("count_include_pad", CountPadding ? 1L : 0L)));

        public override void Reference()
        {
            double[] x = ExactX(0);
            for (int i = 0; i < Output.Count; i++)
            {
                int column = i % Window.OutputWidth, row = i / Window.OutputWidth % Window.OutputHeight, plane = i / (Window.OutputWidth * Window.OutputHeight);
                ((int fromRow, int toRow), (int fromColumn, int toColumn)) = (Window.Rows(row), Window.Columns(column));
                double sum = 0;
                for (int r = fromRow; r < toRow; r++)
                {
                    for (int c = fromColumn; c < toColumn; c++)
                    {
                        sum += x[(((plane * Window.Height) + r) * Window.Width) + c];
                    }
                }

                Output.Exact![i] = sum / (CountPadding ? Window.Kernel * Window.Kernel : (toRow - fromRow) * (toColumn - fromColumn)); // a checking tape gives it
            }
        }

        private readonly struct ForwardPlanes(float* x, PoolWindow window, bool countPadding, float* y) : IRowKernel
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
                            y[place] = Mean(image, window.Rows(row), window.Columns(column));
                        }
                    }
                }
            }

            private float Mean(float* image, (int From, int To) rows, (int From, int To) columns)
            {
                float sum = 0;
                for (int row = rows.From; row < rows.To; row++)
                {
                    for (int i = (row * window.Width) + columns.From; i < (row * window.Width) + columns.To; i++)
                    {
                        sum += image[i];
                    }
                }

                return sum / (countPadding ? window.Kernel * window.Kernel : (rows.To - rows.From) * (columns.To - columns.From));
            }
        }

        private readonly struct BackwardPlanes(float* upstream, PoolWindow window, bool countPadding, float* gradient) : IRowKernel
        {
            public void Rows(int first, int rows, int worker)
            {
                int place = first * window.OutputHeight * window.OutputWidth;
                for (int plane = first; plane < first + rows; plane++)
                {
                    float* image = gradient + ((nint)plane * window.Height * window.Width);
                    for (int row = 0; row < window.OutputHeight; row++)
                    {
                        for (int column = 0; column < window.OutputWidth; column++, place++)
                        {
                            Spread(upstream[place], image, window.Rows(row), window.Columns(column));
                        }
                    }
                }
            }

            private void Spread(float value, float* image, (int From, int To) rows, (int From, int To) columns)
            {
                float share = value / (countPadding ? window.Kernel * window.Kernel : (rows.To - rows.From) * (columns.To - columns.From));
                for (int row = rows.From; row < rows.To; row++)
                {
                    for (int i = (row * window.Width) + columns.From; i < (row * window.Width) + columns.To; i++)
                    {
                        image[i] += share;
                    }
                }
            }
        }
    }
}
