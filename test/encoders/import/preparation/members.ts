export const FACTOR = 0.00392156862745098;
export const clip = {
  image_mean: [0.48145466, 0.4578275, 0.40821073],
  image_std: [0.26862954, 0.26130258, 0.27577711],
};
export const imagenet = { image_mean: [0.485, 0.456, 0.406], image_std: [0.229, 0.224, 0.225] };
export const half = { image_mean: [0.5, 0.5, 0.5], image_std: [0.5, 0.5, 0.5] };
export const valuesOf = ({ image_mean, image_std }: typeof half) => ({
  mean: image_mean,
  deviation: image_std,
});
export const always = { do_normalize: true, do_resize: true };
